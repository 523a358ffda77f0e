#include "daemon/note_side.hpp"

#include <utility>

#include <fmt/core.h>
#include <sys/inotify.h>

#include "daemon/patience.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::seconds note_pause{30};

}  // namespace

NoteSide::NoteSide(std::string state_folder, std::string file, FolderNotices::Log log)
    : state_folder_(std::move(state_folder)),
      file_(std::move(file)),
      log_(std::move(log)),
      notices_(fmt::format("watch {}", file_), log_) {}

/// Another daemon, with a state folder of its own, may have one there for as long as it lives.
bool NoteSide::leave() {
    auto note = InstanceNote::leave(state_folder_, file_);
    if (note) {
        note_ = *std::move(note);
        if (!std::exchange(complaint_, {}).empty()) {
            log_(fmt::format("{}: left", file_));
        }
    } else if (std::exchange(complaint_, note.error().message) != note.error().message) {
        log_(fmt::format("{}; trying again each {} s", complaint_, note_pause.count()));
    }
    return note_.has_value();
}

/// Its folder may be another one than before, too.
void NoteSide::look(Clock::time_point now) {
    constexpr std::uint32_t goes =
        IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;
    do {
        if (note_ && !note_->stands()) {
            note_.reset();
            complaint_ =
                fmt::format("{}: somebody has removed it, or put another one there", file_);
            log_(fmt::format("{}; commands do not find this daemon without it", complaint_));
        }
        next_ = note_ || leave() ? std::nullopt : std::optional(now + note_pause);
    } while (notices_.follow({{file_.substr(0, file_.rfind('/')), goes}}, now) && note_ &&
             !note_->stands());
}

void NoteSide::process(Clock::time_point now) {
    const bool has_come = notices_.take(now).is_anything && note_;
    if (has_come || (next_ && now >= *next_)) {
        look(now);
    }
}

int NoteSide::patience(Clock::time_point now) const {
    return sooner(patience_until(next_, now), notices_.patience(now));
}

void NoteSide::remove() {
    note_.reset();
    next_.reset();
}

}  // namespace nanotune::daemon
