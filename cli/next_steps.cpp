#include "next_steps.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "report_text.hpp"

namespace nanotune::cli {

namespace {

/// Undoing what changes links, queues or CPUs takes consent, which its plan tells; and beside what
/// a rollback left it would undo what is wanted, too.
Step undoing(const Context& context, const HostStatus& status, std::string_view what) {
    const bool is_known = status.interrupted.empty() && status.left.empty() &&
                          (!status.rows.empty() || status.settings_held == 0);
    const bool is_free = std::ranges::all_of(
        status.rows, [](const std::string& allow) { return allow.empty(); }, &Row::allow);
    return is_known && is_free ? Step{.command = context.command("rollback"), .what = what}
                               : Step{.command = context.command("rollback --plan"),
                                      .what = "shows what undoing it does and takes"};
}

/// The verb, about the profile that is applied where there is one.
std::string about_applied(const Context& context, const std::string& verb,
                          const HostStatus& status) {
    const ProfileRequest applied{.name = status.profile, .overrides = status.overrides};
    return context.command(status.profile.empty() ? verb : verb + " " + command_words(applied));
}

/// Whether the profile that suits every host is installed.
bool has_base(const Context& context) {
    return std::ranges::any_of(context.surroundings().places.profiles,
                               [](const std::string& folder) {
                                   std::error_code error;
                                   return std::filesystem::exists(folder + "/base.toml", error);
                               });
}

/// What another rollback does not end: what it left, and what nobody knows any more.
std::vector<Step> steps_from_degraded(const Context& context, const HostStatus& status) {
    if (!status.profile.empty() || !status.rows.empty()) {
        // What an apply did not reach is nothing that is held: the whole profile is compared.
        return {{.command = about_applied(context, "verify", status),
                 .what = "shows what is not as wanted"},
                undoing(context, status, "undoes the rest")};
    }
    if (status.left.empty()) {
        return {{.command = context.command("rollback --all --force"),
                 .what = "takes what is lost as it is now, and forgets it"}};
    }
    const auto has_left = [&status](Outcome outcome) {
        return std::ranges::find(status.left, outcome, &Row::outcome) != status.left.end();
    };
    if (has_left(Outcome::not_done)) {
        return {{.command = context.command("rollback"), .what = "restores what is back"}};
    }
    if (has_left(Outcome::away)) {
        return {{.command = context.command("rollback"),
                 .what = "restores what is away, once it is back"},
                {.command = context.command("rollback --all --force"), .what = "forgets it"}};
    }
    if (has_left(Outcome::gone)) {
        return {{.command = context.command("rollback"), .what = "forgets what is no more"}};
    }
    return {};
}

/// The safest first.
std::vector<Step> steps_from(const Context& context, const HostStatus& status) {
    switch (status.state) {
        case HostState::clean:
            return has_base(context)
                       ? std::vector<Step>{{.command = context.command("plan base"),
                                            .what = "shows what a first profile would change"}}
                       : std::vector<Step>{{.command = context.command("list"),
                                            .what = "shows the settings that profiles may use"}};
        case HostState::tuned:
            if (!status.drifted.empty()) {
                return {{.command = about_applied(context, "plan", status),
                         .what = "shows what an apply would put right"},
                        undoing(context, status, "undoes it")};
            }
            return {{.command = context.command("verify"), .what = "tells whether it still stands"},
                    undoing(context, status, "undoes it")};
        case HostState::awaiting_confirmation:
            if (!status.is_guarded) {
                return {{.command = context.command("confirm"), .what = "keeps it"},
                        undoing(context, status, "takes it back")};
            }
            return {{.command = context.command("confirm"),
                     .what = "keeps it; otherwise it is rolled back"}};
        case HostState::degraded:
            return steps_from_degraded(context, status);
        case HostState::overdue:
            return {undoing(context, status, "takes it back; it can no longer be confirmed")};
        case HostState::interrupted:
            return {undoing(context, status, "restores what was cut off")};
        case HostState::unknown:
            return {{.command = context.command("status"),
                     .what = status.at_work.empty() ? "tells what is held, as root"
                                                    : "tells what is held, once that has ended"}};
    }
    return {};
}

}  // namespace

std::vector<Step> next_steps(const Context& context, const HostStatus& status) {
    std::vector<Step> steps;
    if (status.frozen && !status.frozen->by.empty()) {
        steps.push_back({.command = context.command("thaw"), .what = "ends the freeze"});
    }
    if (!status.left.empty()) {
        steps.push_back({.command = context.command("rollback --force --plan"),
                         .what = "shows what would restore what rollback left"});
    }
    std::vector<Step> from_here = steps_from(context, status);
    std::ranges::reverse(from_here);
    std::ranges::move(from_here, std::back_inserter(steps));
    return steps;
}

}  // namespace nanotune::cli
