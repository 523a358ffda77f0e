// Dots and slashes, and nothing that could leave /proc/sys.
#include "sysctl_name.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nanotune::sysctl {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    parts.reserve(static_cast<std::size_t>(std::ranges::count(text, separator)) + 1);
    while (true) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

bool is_printed(char letter) {
    return letter > ' ' && letter != 0x7f;
}

bool is_separator(char letter) {
    return letter == '.' || letter == '/';
}

/// To no other file than where it stands, or to the folder above.
bool leads_nowhere(std::string_view component) {
    return component.empty() || component == "." || component == "..";
}

bool is_file_name(std::string_view component) {
    return !leads_nowhere(component) && std::ranges::all_of(component, is_printed) &&
           !component.contains('/');
}

std::string joined(const std::vector<std::string>& parts, char separator) {
    std::string text;
    for (const std::string& part : parts) {
        if (!text.empty()) {
            text += separator;
        }
        text += part;
    }
    return text;
}

bool has_dot(std::string_view component) {
    return component.contains('.');
}

constexpr std::size_t device_at = 3;
constexpr std::string_view folder = "/proc/sys/";

// The kernel lets no interface have these names.
constexpr std::string_view no_devices[] = {"all", "default"};

}  // namespace

std::optional<SysctlName> SysctlName::from(std::string_view text) {
    const auto first = text.find_first_of("./");
    if (first == std::string_view::npos) {
        return std::nullopt;
    }
    SysctlName name;
    name.components_ = split(text, text[first]);
    if (text[first] == '.') {
        for (std::string& component : name.components_) {
            std::ranges::replace(component, '/', '.');
        }
    }
    if (!std::ranges::all_of(name.components_, is_file_name)) {
        return std::nullopt;
    }
    return name;
}

std::optional<std::string> SysctlName::path_of(std::string_view text) {
    const auto* const first = std::ranges::find_if(text, is_separator);
    if (first == text.end()) {
        return std::nullopt;
    }
    const char separator = *first;
    std::string path(folder.size() + text.size(), '\0');
    char* end = std::ranges::copy(folder, path.data()).out;
    const char* component = end;
    for (const char letter : text) {
        if (letter == separator) {
            if (leads_nowhere({component, end})) {
                return std::nullopt;
            }
            *end++ = '/';
            component = end;
        } else if (is_printed(letter)) {
            *end++ = letter == '/' ? '.' : letter;
        } else {
            return std::nullopt;
        }
    }
    return leads_nowhere({component, end}) ? std::nullopt : std::optional(std::move(path));
}

std::string SysctlName::text() const {
    const bool needs_slashes = std::ranges::any_of(components_, has_dot);
    return joined(components_, needs_slashes ? '/' : '.');
}

std::string SysctlName::path() const {
    return std::string(folder) + joined(components_, '/');
}

std::string SysctlName::device() const {
    constexpr std::string_view families[] = {"net.ipv4.conf", "net.ipv4.neigh", "net.ipv6.conf",
                                             "net.ipv6.neigh", "net.mpls.conf"};
    if (components_.size() <= device_at + 1) {
        return {};
    }
    const auto begin = components_.begin();
    const std::string family = joined({begin, begin + device_at}, '.');
    const bool is_of_device =
        std::ranges::find(families, family) != std::end(families) &&
        std::ranges::find(no_devices, components_[device_at]) == std::end(no_devices);
    return is_of_device ? components_[device_at] : std::string();
}

bool SysctlName::is_given_to_devices() const {
    constexpr std::string_view patterns[] = {"net.ipv4.conf.default.*", "net.ipv4.neigh.default.*",
                                             "net.ipv6.neigh.default.*"};
    constexpr std::string_view kept_apart[] = {
        "disable_policy", "disable_xfrm",        "drop_unicast_in_l2_multicast",
        "forwarding",     "promote_secondaries", "route_localnet"};
    return std::ranges::any_of(patterns, [this](std::string_view each) { return fits(each); }) &&
           std::ranges::find(kept_apart, components_.back()) == std::end(kept_apart);
}

SysctlName SysctlName::of_device(std::string_view device) const {
    SysctlName name = *this;
    name.components_.at(device_at) = device;
    return name;
}

SysctlName SysctlName::beside(std::string_view file) const {
    SysctlName name = *this;
    name.components_.back() = file;
    return name;
}

bool SysctlName::fits(std::string_view pattern) const {
    // Names share long beginnings, and few an end.
    const std::string& last = components_.back();
    if (!pattern.ends_with('*') && !pattern.ends_with(last)) {
        return false;
    }
    const std::string_view whole = pattern;
    for (const std::string& component : components_) {
        const bool is_any = pattern.starts_with('*');
        if (!is_any && !pattern.starts_with(component)) {
            return false;
        }
        pattern.remove_prefix(is_any ? 1 : component.size());
        if (!pattern.empty() && pattern.front() != '.') {
            return false;
        }
        pattern.remove_prefix(std::min<std::size_t>(1, pattern.size()));
    }
    // A dot within a component is none of the pattern's.
    const auto dots = std::ranges::count(whole, '.');
    return pattern.empty() && dots + 1 == std::ssize(components_);
}

}  // namespace nanotune::sysctl
