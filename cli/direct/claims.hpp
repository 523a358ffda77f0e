// Who else sets what a profile wants: programs and files that would win the next time they run.
#pragma once

#include <string>
#include <vector>

#include "model/catalog.hpp"
#include "model/report.hpp"

namespace nanotune::cli {

/// For plan and status: one sentence for each claim on a row's setting that wants another value
/// than the row does, or that nobody can tell; without the values, which not everybody may read.
/// Reads files below `root` alone; those that cannot be read claim nothing.
[[nodiscard]] std::vector<std::string> claims_on(const std::vector<Row>& rows,
                                                 const Catalog& catalog,
                                                 const std::string& root = "");

}  // namespace nanotune::cli
