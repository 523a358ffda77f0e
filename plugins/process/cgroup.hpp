// What /proc/PID/cgroup says: the unit that a process belongs to, and where its cpuset is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nanotune/system.hpp>

namespace nanotune::process {

/// The innermost *.service or *.scope of a /proc/PID/cgroup text; "" where there is none.
[[nodiscard]] std::string unit_in(std::string_view cgroup_text);

/// A cgroup as far as memory nodes are concerned.
struct Cpuset {
    std::string folder;         ///< "/sys/fs/cgroup/system.slice/feed.service"
    bool is_root = false;       ///< then its nodes are the host's
    bool is_version_1 = false;  ///< pages move only while cpuset.memory_migrate is set
};

/// Of a /proc/PID/cgroup text; nothing where no cpuset controller is mounted.
[[nodiscard]] std::optional<Cpuset> cpuset_in(Files& files, std::string_view cgroup_text);

}  // namespace nanotune::process
