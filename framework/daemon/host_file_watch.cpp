#include "daemon/host_file_watch.hpp"

#include <array>
#include <cstring>
#include <filesystem>

#include <sys/inotify.h>
#include <unistd.h>

namespace nanotune::daemon {

HostFileWatch::HostFileWatch(const std::string& file)
    : folder_(std::filesystem::path(file).parent_path()),
      folder_name_(std::filesystem::path(folder_).filename()),
      name_(std::filesystem::path(file).filename()),
      notices_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    constexpr std::uint32_t comes_and_goes = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_ONLYDIR;
    const std::string around = std::filesystem::path(folder_).parent_path();
    if (notices_.is_open()) {
        ::inotify_add_watch(notices_.number(), around.c_str(), comes_and_goes);
        watch_folder();
    }
}

/// A folder that is watched already stays so: the kernel knows it by its inode.
void HostFileWatch::watch_folder() {
    constexpr std::uint32_t happens =
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR;
    ::inotify_add_watch(notices_.number(), folder_.c_str(), happens);
}

bool HostFileWatch::process() {
    if (!notices_.is_open()) {
        return false;
    }
    alignas(inotify_event) std::array<char, 4096> events;
    bool is_about_it = false;
    for (ssize_t size = 0; (size = ::read(notices_.number(), events.data(), events.size())) > 0;) {
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, events.data() + at, sizeof event);
            const char* const name = events.data() + at + sizeof event;
            is_about_it = is_about_it || (event.mask & IN_Q_OVERFLOW) != 0 ||
                          (event.len > 0 && (name_ == name || folder_name_ == name));
            at += sizeof event + event.len;
        }
    }
    if (is_about_it) {
        watch_folder();
    }
    return is_about_it;
}

}  // namespace nanotune::daemon
