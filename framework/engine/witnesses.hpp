// Other programs, asked what the targets of a setting hold: what certify believes instead of
// nanotune.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "engine/trial_grounds.hpp"

namespace nanotune {

/// Runs a program and gives back what it prints. Errors: not_found where it is not installed;
/// refused, with its words; timed_out.
using Programs = std::function<Result<std::string>(const std::vector<std::string>& command)>;

/// What the setting's witness said on each target; an error where it said nothing.
using Said = std::vector<Result<std::string>>;

/// Whether the same was said; whoever said nothing before cannot tell.
[[nodiscard]] bool says_the_same(const Result<std::string>& now, const Result<std::string>& before);
/// Whether something else was said: silence is no contradiction.
[[nodiscard]] bool contradicts(const Result<std::string>& now, const Result<std::string>& before);

class Witnesses {
  public:
    Witnesses(Programs programs, std::chrono::milliseconds patience)
        : programs_(std::move(programs)), patience_(patience) {}

    /// Each program that several targets share is run once.
    [[nodiscard]] Said ask(const TrialSubject& subject) const;
    /// Until `is_enough`, or patience is at an end.
    [[nodiscard]] Said ask_until(const TrialSubject& subject,
                                 const std::function<bool(const Said&)>& is_enough) const;

  private:
    Programs programs_;
    std::chrono::milliseconds patience_;
};

}  // namespace nanotune
