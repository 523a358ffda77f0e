// Round trips as people, spreadsheets and programs read them.
#pragma once

#include <string>

#include "../screen.hpp"
#include "model/problems.hpp"
#include "round_trips.hpp"

namespace nanotune::cli::bench {

void print(const Screen& screen, const std::string& target, const RoundTrips& trips);
/// `problems` are of what else was asked for; `status`: what the command ends with.
[[nodiscard]] std::string json_of(const std::string& target, const RoundTrips& trips,
                                  const Problems& problems, int status);
/// A line of names and a line of numbers; times in ns.
[[nodiscard]] std::string csv_of(const std::string& target, const RoundTrips& trips);

}  // namespace nanotune::cli::bench
