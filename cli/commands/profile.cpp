// nanotune profile: what a profile comes down to, and whether it is right. What the host lacks of
// it is only noted.
#include <fmt/core.h>

#include <nanotune/nearest.hpp>

#include "../context.hpp"
#include "../json.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

constexpr Option options[] = {
    {.name = "set",
     .value = "NAME=VALUE",
     .help = "a variable of the profile, or cpus.NAME",
     .repeatable = true},
};

Ended show(Context& context, Service& service, const ProfileRequest& profile) {
    const auto text = service.show(profile);
    if (!text) {
        return std::unexpected(Failure(text.error()));
    }
    context.screen().raw(context.look().json ? json_of("profile", "profile_text", *text) : *text);
    return 0;
}

/// What this host lacks of a profile that is right. It may be meant for another one.
std::vector<std::string> lacking_here(Service& service, const ProfileRequest& profile) {
    std::vector<std::string> lacking;
    for (const Error& problem : service.plan(profile).problems) {
        if (problem.code == ErrorCode::not_found || problem.code == ErrorCode::unsupported) {
            lacking.push_back(problem.message);
        }
    }
    return lacking;
}

Ended check(Context& context, Service& service, const ProfileRequest& profile) {
    const Problems problems = service.check(profile);
    if (!problems.empty()) {
        return std::unexpected(Failure(problems));
    }
    const std::vector<std::string> lacking = lacking_here(service, profile);
    if (context.look().json) {
        context.screen().raw(json_of_check(lacking));
        return 0;
    }
    context.screen().line(
        fmt::format("{}: nothing is wrong with it as far as can be told without a host.",
                    profile.name),
        Style::good);
    for (const std::string& what : lacking) {
        context.screen().error("note: this host does not have all of it: " + what);
    }
    return 0;
}

Ended run(Context& context) {
    const std::string verb = context.arguments().operand(0);
    NT_TRY(const ProfileRequest profile, context.profile(context.arguments().operand(1)));
    if (verb != "show" && verb != "check") {
        const std::vector<std::string> known = {"show", "check"};
        return std::unexpected(Failure(
            Error{.code = ErrorCode::invalid,
                  .message = fmt::format("nanotune profile knows show and check, not \"{}\"{}",
                                         verb, did_you_mean(verb, known))}));
    }
    NT_TRY(const auto service, context.service());
    return verb == "show" ? show(context, *service, profile) : check(context, *service, profile);
}

}  // namespace

constinit const Command profile_command = {
    .name = "profile",
    .help = "show what a profile comes down to, or check it",
    .operands = {.usage = "show|check PROFILE", .least = 2, .most = 2},
    .options = options,
    .details =
        "show prints the merged profile, every value with the place that it comes from. "
        "check tells all that is wrong with it at once, without the host; what this host does not "
        "have "
        "of it is noted, and no fault.",
    .run = run};

}  // namespace nanotune::cli
