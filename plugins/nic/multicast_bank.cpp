// The kernel's tables: one address of the link layer a line in dev_mcast, groups of IPv4 below
// their device's line in igmp.
#include "multicast_bank.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include <nanotune/discover.hpp>
#include <nanotune/numbers.hpp>
#include <nanotune/words.hpp>

#include "permission.hpp"

namespace nanotune::nic {
namespace {

constexpr std::string_view prefix = "multicast.";
constexpr std::string_view groups = "groups";

constexpr Tunable all_of_them = {
    .name = "multicast.all",
    .domain = flag(),
    .summary = "Take every multicast packet, whatever groups were joined.",
    .check_only = true};

constexpr Tunable count_of_groups = {.name = "multicast.groups",
                                     .domain = integer(0, std::numeric_limits<std::int32_t>::max()),
                                     .summary = "Multicast addresses in the device's filter.",
                                     .check_only = true};

constexpr Tunable one_group(std::string_view name) {
    return {.name = name,
            .domain = flag(),
            .summary = "Whether somebody has joined this group on the device.",
            .check_only = true};
}

/// "239.1.1.1" in the order of its bytes; nothing for what is no group.
std::optional<std::uint32_t> group_in(std::string_view text) {
    constexpr int decimal = 10;
    std::uint32_t address = 0;
    for (int part = 0; part < 4; ++part) {
        const auto end = part == 3 ? text.size() : text.find('.');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        const auto number = whole_number<std::uint32_t>(text.substr(0, end), decimal);
        if (!number || *number > 255) {
            return std::nullopt;
        }
        address = (address << 8U) | *number;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    constexpr std::uint32_t multicast = 0xe;
    return address >> 28U == multicast ? std::optional(address) : std::nullopt;
}

/// The table prints an address as a number of this machine, whose lowest byte comes first.
std::uint32_t swapped(std::uint32_t number) {
    return (number >> 24U) | ((number >> 8U) & 0xff00U) | ((number << 8U) & 0xff0000U) |
           (number << 24U);
}

template <typename See>
void for_each_line(std::string_view text, const See& see) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        see(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

Result<Reading> read_count(System& system, const Target& nic) {
    NT_TRY(const std::string table, system.files().read("/proc/net/dev_mcast"));
    std::int64_t count = 0;
    for_each_line(table, [&](std::string_view line) {
        const auto words = split_words(line);
        count += words.size() > 1 && words[1] == nic.name ? 1 : 0;
    });
    return Reading{.value = count};
}

Result<Reading> read_group(System& system, const Target& nic, std::uint32_t group) {
    NT_TRY(const std::string table, system.files().read("/proc/net/igmp"));
    constexpr int hexadecimal = 16;
    bool is_ours = false;
    bool is_joined = false;
    for_each_line(table, [&](std::string_view line) {
        const auto words = split_words(line);
        if (!line.starts_with('\t') && words.size() > 1) {
            // "2\teth0      :     1      V3"; a long name stands before the colon without a space.
            is_ours = words[1].substr(0, words[1].find(':')) == nic.name;
        } else if (is_ours && !words.empty()) {
            const auto address = whole_number<std::uint32_t>(words[0], hexadecimal);
            is_joined = is_joined || (address && swapped(*address) == group);
        }
    });
    return Reading{.value = is_joined};
}

Result<Reading> read_all(System& system, const Target& nic) {
    NT_TRY(const std::string text, system.files().read("/sys/class/net/" + nic.name + "/flags"));
    constexpr std::uint32_t all_multicast = 0x200;  // IFF_ALLMULTI
    constexpr std::uint32_t everything = 0x100;     // IFF_PROMISC
    constexpr int hexadecimal = 16;
    const auto flags = whole_number<std::uint32_t>(
        std::string_view(text).substr(std::min<std::size_t>(2, text.size())), hexadecimal);
    if (!flags) {
        return failure(ErrorCode::invalid, "flags of " + nic.name + ": \"" + text + "\"");
    }
    return Reading{.value = (*flags & (all_multicast | everything)) != 0};
}

}  // namespace

std::vector<const Tunable*> MulticastBank::tunables() const {
    return {&all_of_them};
}

Result<std::optional<Tunable>> MulticastBank::open(std::string_view name) const {
    if (!name.starts_with(prefix)) {
        return std::nullopt;
    }
    const std::string_view what = name.substr(prefix.size());
    if (what == groups) {
        return count_of_groups;
    }
    return group_in(what) ? std::optional(one_group(name)) : std::nullopt;
}

std::vector<Tunable> MulticastBank::patterns() const {
    return {count_of_groups, one_group("multicast.GROUP")};
}

std::vector<std::string> MulticastBank::open_names(System& system) const {
    if (!system.files().exists("/proc/net/dev_mcast")) {
        return {};
    }
    return {std::string(prefix) + std::string(groups)};
}

std::vector<Result<Reading>> MulticastBank::read(System& system, const Target& target,
                                                 std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        const std::string_view what = tunable->name.substr(prefix.size());
        const auto group = group_in(what);
        readings.push_back(what == groups ? read_count(system, target)
                           : group        ? read_group(system, target, *group)
                                          : read_all(system, target));
    }
    return readings;
}

std::vector<Status> MulticastBank::write(System& /*system*/, const Target& /*target*/,
                                         std::span<const Assignment> assignments) const {
    return {assignments.size(),
            failure(ErrorCode::unsupported, "groups are joined by the programs that receive them")};
}

Status MulticastBank::may_write(System& system, const Target& target,
                                const Tunable& tunable) const {
    return may_administer(system, target, tunable);
}

}  // namespace nanotune::nic
