#include "engine/vigil_state.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/record.hpp"
#include "model/sha256.hpp"

namespace nanotune {

namespace {

/// With its length: no two lists of words make one text.
void add(std::string& text, std::string_view word) {
    text += fmt::format("{}:{}", word.size(), word);
}

void add(std::string& text, const HeldPlace& place) {
    add(text, place.setting);
    add(text, place.target.kind);
    add(text, place.target.name);
}

std::string sum_of(const Observation& seen) {
    std::string text;
    const auto add_each = [&text](const auto& list) {
        text += fmt::format("{};", list.size());
        for (const auto& one : list) {
            add(text, one);
        }
    };
    add_each(seen.as_applied);
    add_each(seen.absent);
    add_each(seen.held);
    add_each(seen.files);
    add_each(seen.devices);
    add_each(seen.gone);
    return sha256(text);
}

std::string bytes_of(const std::vector<record::Record>& records) {
    std::string bytes;
    for (const record::Record& record : records) {
        record::append_framed(bytes, record);
    }
    bytes.shrink_to_fit();
    return bytes;
}

}  // namespace

Sight::Sight(const Observation& seen) : sum_(sum_of(seen)), has_changes_(!seen.changed.empty()) {}

VigilState::VigilState(Vigil vigil, const Ledger& recorded, Sight before,
                       std::chrono::milliseconds budget)
    : vigil_(std::move(vigil)),
      held_(bytes_of(recorded.active_records())),
      before_(std::move(before)),
      budget_(budget),
      next_(vigil_.first) {
    say_until();
}

Ledger VigilState::held() const {
    return Ledger::of(record::parsed(held_).records);
}

bool VigilState::await_look(CallClock& clock) {
    std::unique_lock lock(mutex_);
    while (!is_to_end_ && clock.now() < next_) {
        clock.wait(changed_, lock, next_);
    }
    return !is_to_end_;
}

bool VigilState::saw(const Observation& seen, CallClock::Time now) {
    const Sight sight(seen);
    const bool goes_on = !seen.is_blind && !sight.has_changes() && sight == before_;
    {
        const std::scoped_lock lock(mutex_);
        is_over_ = !goes_on;
        next_ = now + vigil_.pause;
    }
    if (goes_on) {
        say_until();
    } else {
        vigil_.over();
    }
    return goes_on;
}

void VigilState::end() {
    {
        const std::scoped_lock lock(mutex_);
        is_to_end_ = true;
    }
    changed_.notify_all();
}

std::optional<Vigil::Time> VigilState::next() {
    const std::scoped_lock lock(mutex_);
    return is_over_ ? std::nullopt : std::optional(next_);
}

}  // namespace nanotune
