#include "daemon/folder_notices.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/core.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "daemon/patience.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::seconds look_pause{30};

}  // namespace

FolderNotices::FolderNotices(std::string about, Log log)
    : about_(std::move(about)),
      log_(std::move(log)),
      notices_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    if (!notices_.is_open()) {
        complain(kernel_failure("inotify_init1", errno).error(), Clock::now());
    }
}

void FolderNotices::complain(const Error& why, Clock::time_point now) {
    look_at_ = now + look_pause;
    if (std::exchange(has_complained_, true)) {
        return;
    }
    const bool is_full = why.kernel_errno == ENOSPC || why.kernel_errno == EMFILE;
    log_(fmt::format(
        "{}: {}{}; what happens there is found by looking alone, each {} s", about_, why.message,
        is_full ? " (fs.inotify.max_user_watches or max_user_instances is reached)" : "",
        look_pause.count()));
}

/// One that is watched already stays so: the kernel knows it by its inode.
bool FolderNotices::follow(const Folders& folders, Clock::time_point now) {
    if (!notices_.is_open()) {
        return false;
    }
    look_at_.reset();
    std::set<int> watched;
    for (const auto& [folder, happens] : folders) {
        const int watch =
            ::inotify_add_watch(notices_.number(), folder.c_str(), happens | IN_ONLYDIR);
        if (watch >= 0) {
            watched.insert(watch);
        } else if (errno != ENOENT && errno != ENOTDIR) {
            complain(kernel_failure(fmt::format("inotify_add_watch {}", folder), errno).error(),
                     now);
        }
    }
    bool is_any_new = false;
    for (const int each : watched) {
        is_any_new = is_any_new || !watched_.contains(each);
    }
    for (const int left : watched_) {
        if (!watched.contains(left)) {
            ::inotify_rm_watch(notices_.number(), left);
        }
    }
    watched_ = std::move(watched);
    has_complained_ = look_at_.has_value();
    return is_any_new;
}

FolderNotices::Heard FolderNotices::take(Clock::time_point now) {
    alignas(inotify_event) std::array<char, 4096> events;
    Heard heard;
    for (ssize_t size = 0; notices_.is_open() &&
                           (size = ::read(notices_.number(), events.data(), events.size())) > 0;) {
        heard.is_anything = true;
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, events.data() + at, sizeof event);
            heard.is_overflow = heard.is_overflow || (event.mask & IN_Q_OVERFLOW) != 0;
            if (event.len > 0) {
                heard.names.emplace(events.data() + at + sizeof event);
            }
            at += sizeof event + event.len;
        }
    }
    if (look_at_ && now >= *look_at_) {
        heard.is_anything = true;
        look_at_ = now + look_pause;
    }
    return heard;
}

int FolderNotices::patience(Clock::time_point now) const {
    return patience_until(look_at_, now);
}

}  // namespace nanotune::daemon
