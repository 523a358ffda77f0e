// What `prove` found, for people and for programs.
#pragma once

#include <string>

#include "../screen.hpp"
#include "proof.hpp"

namespace nanotune::cli::prove {

/// "4.53 us"; "12.3 MB" in a unit of the operator's.
[[nodiscard]] std::string amount(double value, std::string_view unit);
/// "-48.9 us (-92%), better"; "no difference".
[[nodiscard]] std::string difference_words(const Comparison& comparison, std::string_view unit,
                                           bool higher_is_better);
/// "-50.1 us to -47.0 us"
[[nodiscard]] std::string interval_words(const Comparison& comparison, std::string_view unit);
/// "feed makes a difference: 2 of 3 figures are better, 1 is no different."
[[nodiscard]] std::string verdict_words(const Proof& proof);
/// "12 rounds, before and after in an order drawn by lot; 95 % confidence for all of them together"
[[nodiscard]] std::string method_words(const Proof& proof);

void print_proof(const Screen& screen, const Proof& proof);
/// `problems`: what of it could not be kept.
[[nodiscard]] std::string json_of(const Proof& proof, const Problems& problems = {}, int exit = 0);

/// A page that needs no other file.
[[nodiscard]] bool is_proof_page(std::string_view text);
[[nodiscard]] std::string html_of(const Proof& proof);

}  // namespace nanotune::cli::prove
