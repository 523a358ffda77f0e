// What the journal remembers, row by row, as status shows it.
#pragma once

#include <vector>

#include "engine/ledger.hpp"
#include "engine/survey.hpp"
#include "model/report.hpp"

namespace nanotune {

/// What the active profile holds, with what was there before nanotune.
[[nodiscard]] std::vector<Row> held_rows(const Applied& active, const Ledger& ledger,
                                         const Catalog& catalog);
/// What rollbacks left, but for what has ended since with all that it held. Where `survey` is
/// nullptr it is not asked what is there now.
[[nodiscard]] std::vector<Row> left_rows(const Ledger& ledger, const Catalog& catalog,
                                         Survey* survey);
/// What earlier applies changed on devices that are away now, and no profile wants any more. Asks
/// nobody: the ledger has to be up to date.
[[nodiscard]] std::vector<Row> away_rows(const Ledger& ledger, const Catalog& catalog);
/// What earlier applies changed, no profile wants any more, and no plugin that is here can return.
[[nodiscard]] std::vector<Row> stranded_rows(const Ledger& ledger, const Catalog& catalog);

}  // namespace nanotune
