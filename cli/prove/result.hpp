// How a run of `prove` ends, for people, for programs and as a page.
#pragma once

#include <string>

#include "../context.hpp"
#include "interlude.hpp"
#include "proof.hpp"

namespace nanotune::cli::prove {

/// Prints what was found, and writes the page where `file` names one. The exit status: a page that
/// cannot be written is told.
[[nodiscard]] int print_result(const Context& context, Proof proof, const std::string& file);
/// Why nothing was found, and how the host stands.
[[nodiscard]] int print_setback(const Context& context, const Setback& setback,
                                const std::string& name);

}  // namespace nanotune::cli::prove
