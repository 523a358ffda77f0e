// Version 1 has a hierarchy a controller, version 2 one for all; a host may have both.
#include "cgroup.hpp"

#include <algorithm>
#include <vector>

namespace nanotune::process {
namespace {

/// "3:cpuset,cpu:/path" or "0::/path"
struct Line {
    std::string_view controllers;
    std::string_view path;
};

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const auto first = line.find(':');
        const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
        if (second != std::string_view::npos) {
            lines.push_back({line.substr(first + 1, second - first - 1), line.substr(second + 1)});
        }
    }
    return lines;
}

bool has_cpuset(const Line& line) {
    return ("," + std::string(line.controllers) + ",").contains(",cpuset,");
}

std::string unit_of(std::string_view path) {
    while (!path.empty()) {
        const auto slash = path.rfind('/');
        const std::string_view name =
            slash == std::string_view::npos ? path : path.substr(slash + 1);
        if (name.ends_with(".service") || name.ends_with(".scope")) {
            return std::string(name);
        }
        path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
    }
    return {};
}

}  // namespace

std::string unit_in(std::string_view cgroup_text) {
    for (const Line& line : lines_of(cgroup_text)) {
        if (std::string unit = unit_of(line.path); !unit.empty()) {
            return unit;
        }
    }
    return {};
}

std::optional<Cpuset> cpuset_in(Files& files, std::string_view cgroup_text) {
    const auto lines = lines_of(cgroup_text);
    const auto place = [](std::string_view mount, const Line& line) {
        const bool is_root = line.path == "/";
        return Cpuset{.folder = std::string(mount) + (is_root ? "" : std::string(line.path)),
                      .is_root = is_root};
    };
    if (const auto old = std::ranges::find_if(lines, has_cpuset); old != lines.end()) {
        Cpuset cpuset = place("/sys/fs/cgroup/cpuset", *old);
        cpuset.is_version_1 = true;
        return cpuset;
    }
    const auto unified = std::ranges::find(lines, std::string_view{}, &Line::controllers);
    if (unified == lines.end() || !files.exists("/sys/fs/cgroup/cgroup.controllers")) {
        return std::nullopt;
    }
    return place("/sys/fs/cgroup", *unified);
}

}  // namespace nanotune::process
