// Another program's words about this host: what `nanotune certify` asks, so that it need not
// believe itself. Never a shell, and nothing that an operator or a profile wrote.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <nanotune/error.hpp>

namespace nanotune {

/// Runs the command, in English and without input, and gives back its standard output. Its first
/// word is looked for in the folders of the system's own programs alone. Errors: not_found;
/// refused, with its words and how it ended; timed_out, after it was killed; io.
[[nodiscard]] Result<std::string> output_of(const std::vector<std::string>& command,
                                            std::chrono::milliseconds limit);

}  // namespace nanotune
