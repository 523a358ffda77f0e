// The kernel registers algorithms by name, and loads the module of one that it does not know.
#include "limits.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nanotune/modules.hpp>
#include <nanotune/numbers.hpp>
#include <nanotune/offered.hpp>
#include <nanotune/words.hpp>

namespace nanotune::sysctl {
namespace {

constexpr std::string_view offered = "/proc/sys/net/ipv4/tcp_available_congestion_control";
constexpr std::string_view allowed = "/proc/sys/net/ipv4/tcp_allowed_congestion_control";
constexpr std::string_view start_name = "net.ipv4.ip_unprivileged_port_start";
constexpr std::string_view start_path = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
constexpr std::string_view range_name = "net.ipv4.ip_local_port_range";
constexpr std::string_view range_path = "/proc/sys/net/ipv4/ip_local_port_range";

bool has_word(std::string_view list, std::string_view word) {
    const auto words = split_words(list);
    return std::ranges::find(words, word) != words.end();
}

/// Only the first network namespace has the memory of all TCP sockets, and only its operator may
/// choose what is not allowed to everybody.
bool is_in_first_namespace(Files& files) {
    const auto memory = files.read("/proc/sys/net/ipv4/tcp_mem");
    return memory || memory.error().code != ErrorCode::not_found;
}

Status congestion_control(Files& files, const std::string& wanted) {
    const auto available = files.read(std::string(offered));
    if (!available) {
        return {};
    }
    if (has_word(*available, wanted)) {
        const auto unrestricted = files.read(std::string(allowed));
        if (!unrestricted || has_word(*unrestricted, wanted) || is_in_first_namespace(files)) {
            return {};
        }
        return failure(ErrorCode::unsupported,
                       fmt::format("{} is not among what the kernel allows outside the first "
                                   "network namespace: {}",
                                   wanted, fmt::join(split_words(*unrestricted), " ")));
    }
    const std::string_view why_none = why_none_is_loaded(files);
    const std::string module = "tcp_" + wanted;
    if (why_none.empty() && module_of(files, module) != Module::is_not_there) {
        return {};
    }
    return not_offered(wanted, *available,
                       why_none.empty()
                           ? fmt::format("nor is there a module {} for this kernel", module)
                           : fmt::format("and {}", why_none));
}

/// What the sysctl will say first: by what is asked for, else as it is; 0 where neither is known.
std::int64_t first_number(Files& files, std::span<const Assignment> assignments,
                          std::string_view name, std::string_view path) {
    for (const auto& [tunable, value] : assignments) {
        if (const auto* wanted = std::get_if<std::string>(&value);
            tunable->name == name && wanted != nullptr) {
            const auto words = split_words(*wanted);
            return words.empty() ? 0 : whole_number<std::int64_t>(words[0]).value_or(0);
        }
    }
    const auto text = files.read(std::string(path));
    const auto words = split_words(text ? std::string_view(*text) : std::string_view());
    return words.empty() ? 0 : whole_number<std::int64_t>(words[0]).value_or(0);
}

Status port_range(const std::string& wanted, std::int64_t first_open) {
    constexpr std::int64_t last_port = 65535;
    const auto words = split_words(wanted);
    const auto low = words.size() == 2 ? whole_number<std::int64_t>(words[0]) : std::nullopt;
    const auto high = words.size() == 2 ? whole_number<std::int64_t>(words[1]) : std::nullopt;
    if (!low || !high || *low < 1 || *low > *high || *high > last_port) {
        return failure(
            ErrorCode::invalid,
            fmt::format("{} is no range of ports: two numbers from 1 to {}, the lower first",
                        wanted, last_port));
    }
    if (*low < first_open) {
        return failure(ErrorCode::unsupported,
                       fmt::format("{} begins below {}, where net.ipv4.ip_unprivileged_port_start "
                                   "says that ports without privilege begin",
                                   wanted, first_open));
    }
    return {};
}

Status first_unprivileged_port(const std::string& wanted, std::int64_t first_local) {
    const auto first = whole_number<std::int64_t>(wanted);
    if (first && first_local > 0 && *first > first_local) {
        return failure(ErrorCode::unsupported,
                       fmt::format("{} is above {}, where net.ipv4.ip_local_port_range begins",
                                   wanted, first_local));
    }
    return {};
}

}  // namespace

std::vector<Status> may_hold(Files& files, std::span<const Assignment> assignments) {
    std::vector<Status> answers;
    answers.reserve(assignments.size());
    for (const auto& [tunable, value] : assignments) {
        const auto* text = std::get_if<std::string>(&value);
        answers.emplace_back();
        if (text == nullptr) {
            continue;
        }
        if (tunable->name == "net.ipv4.tcp_congestion_control") {
            answers.back() = congestion_control(files, *text);
        } else if (tunable->name == "net.core.default_qdisc") {
            answers.back() = has_qdisc(files, *text);
        } else if (tunable->name == range_name) {
            answers.back() =
                port_range(*text, first_number(files, assignments, start_name, start_path));
        } else if (tunable->name == start_name) {
            answers.back() = first_unprivileged_port(
                *text, first_number(files, assignments, range_name, range_path));
        }
    }
    return answers;
}

}  // namespace nanotune::sysctl
