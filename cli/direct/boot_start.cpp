#include "boot_start.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/core.h>

#include <nanotune/host_error.hpp>

#include "model/sha256.hpp"
#include "service/boots.hpp"
#include "service/host_config.hpp"

namespace nanotune::cli {

namespace {

constexpr std::chrono::milliseconds pause{250};

Report refused(Problems problems) {
    Report report;
    report.verb = "apply";
    report.exit = Exit::refused;
    report.problems = std::move(problems);
    return report;
}

Report nothing(std::string why) {
    Report report;
    report.verb = "apply";
    report.notes.push_back(std::move(why));
    return report;
}

/// What goes by interrupts and by programs, which are there once links are up.
bool comes_later(Stage stage) {
    return stage == Stage::interrupts || stage == Stage::processes || stage == Stage::datapath;
}

/// A setting of a section, or one that it leaves as it is. One alias may stand for several.
template <typename Said>
bool is_said_for_later(const Said& said) {
    return (said.parameter.rule != nullptr && comes_later(said.parameter.rule->stage())) ||
           std::ranges::any_of(said.settings, [](const SettingRef& setting) {
               return comes_later(setting.bank->stage());
           });
}

/// A part of a profile is another one than the whole.
void leave_for_later(ResolvedProfile& profile) {
    std::size_t left = 0;
    for (ResolvedSection& section : profile.sections) {
        left += std::erase_if(section.settings, is_said_for_later<ResolvedSetting>);
        left += std::erase_if(section.unset, is_said_for_later<ResolvedUnset>);
    }
    left += std::erase_if(profile.sections, [](const ResolvedSection& section) {
        return section.settings.empty() && section.unset.empty();
    });
    if (left > 0) {
        profile.hash = sha256(profile.hash + ", before links are up");
    }
}

bool lacks_a_device(const Checked<Plan>& plan) {
    return !plan && std::ranges::any_of(plan.error(), [](const Error& problem) {
        return problem.code == ErrorCode::not_found;
    });
}

void await_devices(Engine& engine, const ResolvedProfile& profile, std::chrono::seconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (lacks_a_device(engine.plan(profile)) && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(pause);
    }
}

/// Links that are up belong to whoever uses them.
ApplyRequest request_for(BootStep step) {
    ApplyRequest request;
    if (step == BootStep::before_links) {
        request.consent = {.drops = true, .bounces = true, .moves = true, .clock = true};
        request.consent.management = true;
    }
    return request;
}

}  // namespace

Checked<std::optional<ResolvedProfile>> profile_at_boot(const BootSource& source) {
    NT_TRY(auto kept, source.records.kept_profile(source.catalog));
    if (kept || source.records.has_settled_what_boots()) {
        return kept;
    }
    const auto host = read_host_file(source.records.host_file());
    if (!host) {
        return std::unexpected(Problems{host.error()});
    }
    if (!*host || (*host)->profile.empty()) {
        return std::nullopt;
    }
    NT_TRY(const Profile profile,
           loaded_profile((*host)->profile, source.profiles, (*host)->overrides));
    NT_TRY(ResolvedProfile whole, resolved(profile, source.catalog));
    return whole;
}

bool is_applied_as(const ResolvedProfile& profile, std::string_view hash) {
    if (profile.hash == hash) {
        return true;
    }
    ResolvedProfile part = profile;
    leave_for_later(part);
    return part.hash == hash;
}

Report started(const BootParts& parts, BootStep step) {
    const auto line = read_file("/proc/cmdline", std::size_t{64} << 10U);
    if (line && is_switched_off(*line)) {
        return nothing("nanotune.off on the kernel's command line: nothing is applied");
    }
    const auto found = read_host_file(parts.source.records.host_file());
    const auto identity = current_identity();
    if (!found || !identity) {
        return refused({found ? identity.error() : found.error()});
    }
    const HostFile host = found->value_or(HostFile());
    auto wanted = profile_at_boot(parts.source);
    if (!wanted) {
        return refused(std::move(wanted).error());
    }
    std::optional<ResolvedProfile>& profile = *wanted;
    if (!profile) {
        return nothing(parts.source.records.has_settled_what_boots()
                           ? "what was applied was taken back, and nothing has been since"
                           : "no profile was applied here, and the host's file names none");
    }
    // A boot that may not be tuned is none that failed.
    if (const Status may = parts.source.records.may_write()(); !may) {
        return may.error().code == error_frozen ? nothing(may.error().message)
                                                : refused({may.error()});
    }
    const Boots boots(parts.source.records.boot_folder());
    if (const Status may = boots.begin(identity->boot); !may) {
        return may.error().code == ErrorCode::refused ? nothing(may.error().message)
                                                      : refused({may.error()});
    }
    if (step == BootStep::before_links) {
        leave_for_later(*profile);
    }
    await_devices(parts.engine, *profile, host.device_patience);
    return parts.engine.apply(*std::move(profile), request_for(step));
}

}  // namespace nanotune::cli
