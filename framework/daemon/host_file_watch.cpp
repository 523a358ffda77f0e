#include "daemon/host_file_watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "daemon/patience.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::seconds look_pause{30};

std::optional<FileFacts> facts_of(const std::string& file) {
    auto facts = file_facts(file);
    return facts ? std::optional(*facts) : std::nullopt;
}

}  // namespace

HostFileWatch::HostFileWatch(std::string file, Log log)
    : file_(std::move(file)),
      name_(std::filesystem::path(file_).filename()),
      log_(std::move(log)),
      notices_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      seen_(facts_of(file_)) {
    if (notices_.is_open()) {
        watch_way(Clock::now());
    } else {
        complain(kernel_failure("inotify_init1", errno).error());
        look_at_ = Clock::now() + look_pause;
    }
}

/// Each folder in which the kernel looks a name up on its way to the file, and none that is no
/// longer on it. One that is watched already stays so: the kernel knows it by its inode.
void HostFileWatch::watch_way(Clock::time_point now) {
    constexpr std::uint32_t happens = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM |
                                      IN_DELETE | IN_ATTRIB | IN_ONLYDIR;
    look_at_.reset();
    std::vector<std::string> folders = folders_on_way(file_);
    folders.emplace_back("/");
    std::set<int> watched;
    for (const std::string& folder : folders) {
        const int watch = ::inotify_add_watch(notices_.number(), folder.c_str(), happens);
        if (watch >= 0) {
            watched.insert(watch);
            continue;
        }
        if (errno == ENOENT || errno == ENOTDIR) {
            continue;  // where it comes is watched
        }
        complain(kernel_failure(fmt::format("inotify_add_watch {}", folder), errno).error());
        look_at_ = now + look_pause;
    }
    for (const int left : watched_) {
        if (!watched.contains(left)) {
            ::inotify_rm_watch(notices_.number(), left);
        }
    }
    watched_ = std::move(watched);
    has_complained_ = has_complained_ && look_at_;
}

void HostFileWatch::complain(const Error& why) {
    if (std::exchange(has_complained_, true)) {
        return;
    }
    const bool is_full = why.kernel_errno == ENOSPC || why.kernel_errno == EMFILE;
    log_(fmt::format(
        "watch {}: {}{}; what is written to it is found by looking alone, each {} s", file_,
        why.message,
        is_full ? " (fs.inotify.max_user_watches or max_user_instances is reached)" : "",
        look_pause.count()));
}

bool HostFileWatch::is_another() {
    auto now = facts_of(file_);
    return std::exchange(seen_, now) != now;
}

int HostFileWatch::patience(Clock::time_point now) const {
    return patience_until(look_at_, now);
}

bool HostFileWatch::process(Clock::time_point now) {
    alignas(inotify_event) std::array<char, 4096> events;
    bool has_come = false;
    bool is_about_it = false;
    for (ssize_t size = 0; notices_.is_open() &&
                           (size = ::read(notices_.number(), events.data(), events.size())) > 0;) {
        has_come = true;
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, events.data() + at, sizeof event);
            const char* const name = events.data() + at + sizeof event;
            is_about_it = is_about_it || (event.mask & IN_Q_OVERFLOW) != 0 ||
                          (event.len > 0 && name_ == name);
            at += sizeof event + event.len;
        }
    }
    const bool is_time = look_at_ && now >= *look_at_;
    if (!has_come && !is_time) {
        return false;
    }
    if (notices_.is_open()) {
        watch_way(now);
    } else {
        look_at_ = now + look_pause;
    }
    // After that: what is written before a folder is watched is seen, and what comes later is told.
    const bool is_other = is_another();
    return is_about_it || is_other;
}

}  // namespace nanotune::daemon
