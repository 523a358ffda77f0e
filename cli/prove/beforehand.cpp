#include "beforehand.hpp"

#include <fmt/core.h>

#include <nanotune/host_error.hpp>

#include "../next_steps.hpp"
#include "../report_text.hpp"
#include "service/freeze.hpp"
#include "service/instance.hpp"

namespace nanotune::cli::prove {

namespace {

std::unexpected<Error> not_now(ErrorCode code, std::string_view why, std::string_view first) {
    return failure(code, fmt::format("{}; nothing was touched{}{}", why,
                                     first.empty() ? "" : ". First: ", first));
}

Status is_not_frozen(const Context& context, const HostStatus& status) {
    if (!status.frozen) {
        return {};
    }
    // What the host's file says ends with the file.
    const bool can_thaw = !status.frozen->by.empty();
    return not_now(error_frozen, "this host is frozen: " + text_of(*status.frozen),
                   can_thaw ? context.command("thaw") : "");
}

Status is_alone(const Context& context) {
    const auto daemon = instance_for(context.state_folder(), std::string(instance_file));
    if (!daemon) {
        return {};
    }
    return not_now(ErrorCode::busy,
                   fmt::format("nanotuned (process {}) looks after this host, and prove applies "
                               "and rolls back many times in its own process",
                               daemon->process),
                   "systemctl stop nanotuned");
}

Status is_settled(const Context& context, const HostStatus& status) {
    const auto steps = next_steps(context, status);
    const std::string first = steps.empty() ? "" : steps.back().command;
    switch (status.state) {
        case HostState::awaiting_confirmation:
            return not_now(ErrorCode::busy,
                           fmt::format("{} awaits confirmation here until {}",
                                       called(status.profile), status.confirm_by),
                           first + ", or " + context.command("rollback"));
        case HostState::overdue:
        case HostState::interrupted:
            return not_now(ErrorCode::conflict,
                           fmt::format("an apply is {} here", name_of(status.state)), first);
        case HostState::unknown:
            // Who is at work ends; the first apply waits for that as --wait says.
            return status.at_work.empty()
                       ? not_now(ErrorCode::denied,
                                 "what is applied here cannot be seen, which takes root", "")
                       : Status();
        case HostState::clean:
        case HostState::tuned:
        case HostState::degraded:
            return {};
    }
    return {};
}

}  // namespace

Result<std::string> before_on(const Context& context, Service& service,
                              const ProfileRequest& profile) {
    const HostStatus status = service.status();
    NT_CHECK(is_not_frozen(context, status));
    NT_CHECK(is_alone(context));
    NT_CHECK(is_settled(context, status));
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
