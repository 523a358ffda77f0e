// Whether this host can be proved on as it stands: asked before anything is measured, as an apply
// would be refused only after that.
#pragma once

#include <string>

#include "../context.hpp"

namespace nanotune::cli::prove {

/// What "before" is: "" for a host that nanotune holds nothing of. Errors: as alone_on_host;
/// conflict where the profile is applied already.
[[nodiscard]] Result<std::string> before_on(const Context& context, Service& service,
                                            const ProfileRequest& profile);

}  // namespace nanotune::cli::prove
