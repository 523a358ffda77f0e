#include "engine/claims.hpp"

#include <fmt/format.h>

#include "engine/readable.hpp"

namespace nanotune {
namespace {

std::string said(const Claim& claim) {
    return claim.value ? fmt::format("{} = {}", claim.tunable->name,
                                     readable(claim.tunable->domain, *claim.value))
                       : fmt::format("{} is set differently", claim.tunable->name);
}

}  // namespace

std::unexpected<Error> contradiction(const Claim& earlier, const Claim& later) {
    return failure(ErrorCode::conflict,
                   fmt::format("{}: {} contradicts {}: {}", later.origin.text(), said(later),
                               earlier.origin.text(), said(earlier)));
}

}  // namespace nanotune
