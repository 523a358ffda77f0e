// The kernel's own counters have the same names on every device; a driver's are its own.
#include "counters_bank.hpp"

#include <algorithm>
#include <limits>

#include "permission.hpp"

namespace nanotune::nic {
namespace {

std::string folder_of(std::string_view nic) {
    return "/sys/class/net/" + std::string(nic) + "/statistics/";
}

Result<Reading> reading_of(const Tunable& tunable, std::uint64_t number) {
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    NT_TRY(Value value, from_number(tunable.domain, std::min(number, largest)));
    return Reading{.value = std::move(value)};
}

}  // namespace

Tunable CountersBank::tunable_of(std::string_view /*inner*/) const {
    return {.name = {},
            .domain = integer(0, std::numeric_limits<std::int64_t>::max()),
            .summary =
                "A counter of the device since its driver was loaded, such as "
                "packets that it dropped.",
            .check_only = true};
}

std::vector<std::string> CountersBank::driver_names(System& system, const Target& nic) const {
    auto names = system.files().list(folder_of(nic.name)).value_or(std::vector<std::string>{});
    for (const auto& [name, number] : system.ethtool().counters(nic.name).value_or(Counters{})) {
        names.push_back(name);
    }
    return names;
}

std::vector<Result<Reading>> CountersBank::read(System& system, const Target& target,
                                                std::span<const Tunable* const> wanted) const {
    std::optional<Result<Counters>> own;  // asked for once, and only where the kernel has it not
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        const std::string name = driver_name(*tunable);
        readings.push_back([&]() -> Result<Reading> {
            if (const auto text = system.files().read(folder_of(target.name) + name)) {
                NT_TRY(Value value, from_kernel(tunable->domain, *text));
                return Reading{.value = std::move(value)};
            }
            if (!own) {
                own = system.ethtool().counters(target.name);
            }
            const auto found = *own ? (**own).find(name) : Counters::const_iterator();
            if (!*own || found == (**own).end()) {
                return lacks(target, "a counter " + name);
            }
            return reading_of(*tunable, found->second);
        }());
    }
    return readings;
}

std::vector<Status> CountersBank::write(System& /*system*/, const Target& /*target*/,
                                        std::span<const Assignment> assignments) const {
    return {assignments.size(), failure(ErrorCode::unsupported, "nobody sets a counter")};
}

}  // namespace nanotune::nic
