#include "report.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "planned_devices.hpp"
#include "sha256.hpp"

namespace nanotune {

Exit worse(Exit a, Exit b) noexcept {
    static constexpr std::array order = {
        Exit::not_restored,    Exit::rolled_back, Exit::refused,       Exit::lock_or_timeout,
        Exit::consent_missing, Exit::differs,     Exit::reboot_needed, Exit::as_wanted};
    return std::ranges::find(order, a) < std::ranges::find(order, b) ? a : b;
}

std::string_view name_of(HostState state) noexcept {
    switch (state) {
        case HostState::clean:
            return "clean";
        case HostState::tuned:
            return "tuned";
        case HostState::awaiting_confirmation:
            return "awaiting confirmation";
        case HostState::overdue:
            return "overdue";
        case HostState::degraded:
            return "degraded";
        case HostState::interrupted:
            return "interrupted";
        case HostState::unknown:
            return "unknown";
    }
    return "";
}

std::string fingerprint_of(const Report& plan) {
    std::string what = fmt::format("{}\x1e{}", plan.profile_hash, changes_of(plan));
    for (const DeviceIdentity& device : plan.devices) {
        what += fmt::format("\x1e{}\x1f{}", device.name, lasting_marks(device));
    }
    return sha256(what);
}

std::string changes_of(const Report& plan) {
    std::vector<std::string> rows;
    for (const Row& row : plan.rows) {
        if (row.outcome != Outcome::unchanged) {
            rows.push_back(fmt::format("{}\x1f{}\x1f{}\x1f{}\x1f{}", row.setting, row.target.text(),
                                       row.before, row.wanted, name_of(row.outcome)));
        }
    }
    std::ranges::sort(rows);
    return sha256(fmt::format("{}", fmt::join(rows, "\x1e")));
}

}  // namespace nanotune
