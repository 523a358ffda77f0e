#include "beforehand.hpp"

#include <fmt/core.h>

#include <nanotune/host_error.hpp>

#include "next_steps.hpp"
#include "occupant.hpp"
#include "report_text.hpp"
#include "service/freeze.hpp"
#include "service/instance.hpp"

namespace nanotune::cli {

namespace {

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
                   fmt::format("nanotuned (process {}) looks after this host, and {} applies and "
                               "rolls back many times in its own process",
                               daemon->process, context.verb()),
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
                           (status.is_guarded ? first + ", or " : std::string()) +
                               context.command("rollback"));
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

std::unexpected<Error> not_now(ErrorCode code, std::string_view why, std::string_view first) {
    return failure(code, fmt::format("{}; nothing was touched{}{}", why,
                                     first.empty() ? "" : ". First: ", first));
}

Result<HostStatus> alone_on_host(const Context& context, Service& service) {
    NT_CHECK(is_alone(context));
    auto* const occupant = dynamic_cast<Occupant*>(&service);
    if (const Status in = occupant == nullptr ? Status() : occupant->move_in(); !in) {
        return not_now(in.error().code, in.error().message, "");
    }
    HostStatus status = service.status();
    NT_CHECK(is_not_frozen(context, status));
    NT_CHECK(is_settled(context, status));
    return status;
}

}  // namespace nanotune::cli
