#include "daemon/note_side.hpp"

#include <utility>

#include <fmt/core.h>

#include "daemon/patience.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::seconds note_pause{30};

}  // namespace

/// Another daemon, with a state folder of its own, may have one there for as long as it lives.
void NoteSide::process(Clock::time_point now) {
    if (!next_ || now < *next_) {
        return;
    }
    auto note = InstanceNote::leave(state_folder_, file_);
    if (note) {
        note_ = *std::move(note);
        next_.reset();
        if (!complaint_.empty()) {
            log_(fmt::format("{}: left", file_));
        }
        return;
    }
    next_ = now + note_pause;
    if (std::exchange(complaint_, note.error().message) != note.error().message) {
        log_(fmt::format("{}; trying again each {} s", complaint_, note_pause.count()));
    }
}

int NoteSide::patience(Clock::time_point now) const {
    return patience_until(next_, now);
}

void NoteSide::remove() {
    note_.reset();
    next_.reset();
}

}  // namespace nanotune::daemon
