// Work with a mount namespace of its own, so that it may fill a disk and see a read-only one.
#pragma once

#include <functional>
#include <string>

#include <sched.h>
#include <sys/mount.h>

#include "system/storage/child.hpp"

/// Runs `work` in a child where `folder` is a new file system in memory of `options` ("size=64k").
/// The child's exit status is the number of the check that failed, as `work` returns it.
inline nanotune::Status in_small_disk(const std::string& folder, const std::string& options,
                                      const std::function<int()>& work) {
    constexpr int no_namespace = 120;
    return nanotune::in_child(
        [&] {
            const bool is_mounted =
                unshare(CLONE_NEWNS) == 0 &&
                mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                mount("tmpfs", folder.c_str(), "tmpfs", 0, options.c_str()) == 0;
            return is_mounted ? work() : no_namespace;
        },
        std::chrono::seconds(20));
}
