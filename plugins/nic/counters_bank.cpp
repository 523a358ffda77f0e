// The kernel's own counters have the same names on every device; a driver's are its own.
#include "counters_bank.hpp"

#include <algorithm>
#include <limits>

#include <nanotune/discover.hpp>

#include "permission.hpp"

namespace nanotune::nic {
namespace {

constexpr std::string_view prefix = "counter.";

std::string folder_of(std::string_view nic) {
    return "/sys/class/net/" + std::string(nic) + "/statistics/";
}

bool can_be_a_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
    });
}

Result<Reading> reading_of(const Tunable& tunable, std::uint64_t number) {
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    NT_TRY(Value value, from_number(tunable.domain, std::min(number, largest)));
    return Reading{.value = std::move(value)};
}

}  // namespace

Result<std::optional<Tunable>> CountersBank::open(std::string_view name) const {
    if (!name.starts_with(prefix) || !can_be_a_name(name.substr(prefix.size()))) {
        return std::nullopt;
    }
    return Tunable{.name = name,
                   .domain = integer(0, std::numeric_limits<std::int64_t>::max()),
                   .summary =
                       "A counter of the device since its driver was loaded, such as "
                       "packets that it dropped.",
                   .check_only = true};
}

std::vector<std::string> CountersBank::open_names(System& system) const {
    std::vector<std::string> names;
    const auto add = [&names](const std::string& name) {
        if (can_be_a_name(name)) {
            names.push_back(std::string(prefix) + name);
        }
    };
    for (const Candidate& nic : discover::nics(system).value_or(std::vector<Candidate>{})) {
        std::ranges::for_each(
            system.files().list(folder_of(nic.device)).value_or(std::vector<std::string>{}), add);
        for (const auto& [name, number] :
             system.ethtool().counters(nic.device).value_or(Counters{})) {
            add(name);
        }
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

std::vector<Result<Reading>> CountersBank::read(System& system, const Target& target,
                                                std::span<const Tunable* const> wanted) const {
    std::optional<Result<Counters>> own;  // asked for once, and only where the kernel has it not
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        const std::string name(tunable->name.substr(prefix.size()));
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

Status CountersBank::may_write(System& system, const Target& target, const Tunable& tunable) const {
    return may_administer(system, target, tunable);
}

}  // namespace nanotune::nic
