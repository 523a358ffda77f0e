#include "boot_start.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/core.h>

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
bool comes_later(const ResolvedSection& section) {
    const std::string& plugin = section.plugin->name;
    return plugin == "irq" || plugin == "process" || plugin == "numa";
}

/// As it was applied last; before that, as the host's file names it.
Checked<std::optional<ResolvedProfile>> profile_of(const BootParts& parts, const HostFile& host) {
    NT_TRY(auto kept, parts.records.kept_profile(parts.catalog));
    if (kept) {
        return kept;
    }
    if (host.profile.empty()) {
        return std::nullopt;
    }
    NT_TRY(const Profile profile, loaded_profile(host.profile, parts.profiles, host.overrides));
    NT_TRY(ResolvedProfile whole, resolved(profile, parts.catalog));
    return whole;
}

/// A part of a profile is another one than the whole.
void leave_for_later(ResolvedProfile& profile) {
    if (std::erase_if(profile.sections, comes_later) > 0) {
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

Report started(const BootParts& parts, BootStep step) {
    const auto line = read_file("/proc/cmdline", std::size_t{64} << 10U);
    if (line && is_switched_off(*line)) {
        return nothing("nanotune.off on the kernel's command line: nothing is applied");
    }
    const auto host = read_host_file(parts.records.host_file());
    const auto identity = current_identity();
    if (!host || !identity) {
        return refused({host ? identity.error() : host.error()});
    }
    auto profile = profile_of(parts, *host ? **host : HostFile());
    if (!profile) {
        return refused(std::move(profile).error());
    }
    if (!*profile) {
        return nothing("no profile was applied here, and the host's file names none");
    }
    const Boots boots(parts.records.folder());
    if (const Status may = boots.begin(identity->boot); !may) {
        return may.error().code == ErrorCode::refused ? nothing(may.error().message)
                                                      : refused({may.error()});
    }
    if (step == BootStep::before_links) {
        leave_for_later(**profile);
    }
    await_devices(parts.engine, **profile,
                  *host ? (*host)->device_patience : HostFile().device_patience);
    Report report = parts.engine.apply(**profile, request_for(step));
    if (step == BootStep::after_links &&
        (report.exit == Exit::as_wanted || report.exit == Exit::reboot_needed)) {
        report = parts.records.applied(**profile, std::move(report));
    }
    return report;
}

}  // namespace nanotune::cli
