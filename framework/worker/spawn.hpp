// Starting a program that says in one line how it went.
#pragma once

#include <chrono>
#include <span>
#include <string>

#include <nanotune/error.hpp>

namespace nanotune::worker {

/// Runs the program in a session of its own, without standard input and with nothing else of this
/// process's open, and returns the first line that it prints, or what it printed when it closed its
/// output; "" where neither came in time. It may go on after that as somebody else's child: the
/// process that was started is waited for once its output ends. Errors: not_found, io.
[[nodiscard]] Result<std::string> answer_of(const std::string& program,
                                            std::span<const std::string> words,
                                            std::chrono::milliseconds patience);

/// Everything that it prints until it ends. Errors: as above; timed_out; refused, in its own words,
/// where it fails.
[[nodiscard]] Result<std::string> output_of(const std::string& program,
                                            std::span<const std::string> words,
                                            std::chrono::milliseconds patience);

}  // namespace nanotune::worker
