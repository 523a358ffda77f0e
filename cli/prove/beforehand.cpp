#include "beforehand.hpp"

#include <fmt/core.h>

#include "../beforehand.hpp"
#include "../report_text.hpp"

namespace nanotune::cli::prove {

Result<std::string> before_on(const Context& context, Service& service,
                              const ProfileRequest& profile) {
    NT_TRY(const HostStatus status, alone_on_host(context, service));
    if (status.profile.empty()) {
        return std::string();
    }
    if (service.plan(profile).profile_hash == status.profile_hash) {
        return not_now(ErrorCode::conflict,
                       fmt::format("{} is applied here, so there is nothing to compare it with",
                                   called(status.profile)),
                       context.command("rollback --plan"));
    }
    return fmt::format("before is this host with {0} applied, and {0} is applied again now",
                       called(status.profile));
}

}  // namespace nanotune::cli::prove
