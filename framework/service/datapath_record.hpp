// What was done with a datapath, in the history.
#pragma once

#include <string>

#include "model/requests.hpp"
#include "service/datapaths.hpp"

namespace nanotune {

/// One record in that folder, with who asked for it. Errors: as History::add.
Status keep_in_history(const std::string& folder, const Actor& actor, const std::string& name,
                       DatapathAct act, const Status& done);

}  // namespace nanotune
