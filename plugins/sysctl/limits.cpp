// The kernel registers algorithms by name, and loads the module of one that it does not know.
#include "limits.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace nanotune::sysctl {
namespace {

constexpr std::string_view offered = "/proc/sys/net/ipv4/tcp_available_congestion_control";

bool has_word(const std::string& list, std::string_view word) {
    std::istringstream words(list);
    for (std::string each; words >> each;) {
        if (each == word) {
            return true;
        }
    }
    return false;
}

/// How far a module can be had.
enum class Module { is_there, is_not_there, not_known };

/// Modules are loaded by a program that the kernel starts in its own root, which may not be ours:
/// an index that is not there says nothing.
Module module_of(Files& files, std::string_view module) {
    const auto release = files.read("/proc/sys/kernel/osrelease");
    if (!release) {
        return Module::not_known;
    }
    const std::string folder =
        fmt::format("/lib/modules/{}", release->substr(0, release->find_first_of(" \n")));
    const std::string file = fmt::format("/{}.ko", module);
    bool is_indexed = false;
    for (const std::string_view index : {"modules.builtin", "modules.dep"}) {
        const auto text = files.read(fmt::format("{}/{}", folder, index));
        if (text && text->contains(file)) {
            return Module::is_there;
        }
        is_indexed = is_indexed || (text && index == "modules.dep");
    }
    return is_indexed ? Module::is_not_there : Module::not_known;
}

/// Whether this kernel loads no modules, or none any more.
bool is_closed(Files& files) {
    const auto disabled = files.read("/proc/sys/kernel/modules_disabled");
    return disabled ? disabled->starts_with('1') : disabled.error().code == ErrorCode::not_found;
}

Status congestion_control(Files& files, const std::string& wanted) {
    const auto available = files.read(std::string(offered));
    if (!available || has_word(*available, wanted)) {
        return {};
    }
    const bool loads_none = is_closed(files);
    const std::string module = "tcp_" + wanted;
    if (!loads_none && module_of(files, module) != Module::is_not_there) {
        return {};
    }
    std::string words = *available;
    words.erase(words.find_last_not_of(" \n") + 1);
    return failure(
        ErrorCode::unsupported,
        fmt::format("{} is not among what this host offers: {}; {}", wanted, words,
                    loads_none ? "and this kernel loads no modules"
                               : fmt::format("nor is there a module {} for this kernel", module)));
}

Status queueing_discipline(Files& files, const std::string& wanted) {
    constexpr std::array<std::string_view, 6> always = {"pfifo_fast",      "pfifo", "bfifo",
                                                        "pfifo_head_drop", "mq",    "noqueue"};
    const std::string module = "sch_" + wanted;
    if (std::ranges::find(always, wanted) != always.end() ||
        module_of(files, module) != Module::is_not_there) {
        return {};
    }
    return failure(
        ErrorCode::unsupported,
        fmt::format("this kernel has no queueing discipline {}, and no module {}", wanted, module));
}

Status port_range(const std::string& wanted) {
    constexpr std::int64_t last_port = 65535;
    std::istringstream words(wanted);
    std::int64_t low = 0;
    std::int64_t high = 0;
    words >> low >> high;
    if (low >= 1 && low <= high && high <= last_port) {
        return {};
    }
    return failure(ErrorCode::unsupported,
                   fmt::format("{} is no range of ports: two numbers from 1 to {}, the lower first",
                               wanted, last_port));
}

}  // namespace

Status may_hold(Files& files, std::string_view name, const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) {
        return {};
    }
    if (name == "net.ipv4.tcp_congestion_control") {
        return congestion_control(files, *text);
    }
    if (name == "net.core.default_qdisc") {
        return queueing_discipline(files, *text);
    }
    return name == "net.ipv4.ip_local_port_range" ? port_range(*text) : Status{};
}

}  // namespace nanotune::sysctl
