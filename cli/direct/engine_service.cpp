#include "engine_service.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <nanotune/command_line.hpp>

#include "daemon_here.hpp"
#include "engine/certify.hpp"
#include "profile_changes.hpp"
#include "system/kernel_system.hpp"
#include "system/storage/file_facts.hpp"
#include "system/storage/program.hpp"
#include "worker/kept_workers.hpp"

namespace nanotune::cli {

namespace {

bool needs_reboot(const ResolvedSetting& setting) {
    return std::ranges::any_of(setting.settings, [](const SettingRef& one) {
        return one.tunable->impact == Impact::needs_reboot;
    });
}

constexpr std::chrono::seconds program_patience{10};
constexpr std::string_view gets_nothing = ", and what starts or comes gets nothing";
constexpr std::string_view another_is_kept =
    "another profile is kept than the one that is applied; apply that again";

Moment now() {
    return {.wall = std::chrono::system_clock::now(), .since_boot = time_since_boot()};
}

}  // namespace

EngineService::EngineService(const ServiceOptions& options, SharedParts shared, bool is_guard,
                             Registry registry, Identity identity, std::string workers)
    : registry_(std::make_shared<const Registry>(std::move(registry))),
      state_(options.state_folder, std::move(identity), std::move(shared.is_removed)),
      // A call that hangs keeps its plugin's code by this.
      systems_([address = std::move(shared.session_address), kept = registry_, workers,
                program = options.worker] {
          return kernel_system(address, std::make_unique<worker::KeptWorkers>(workers, program));
      }),
      source_(std::move(shared.profiles)),
      look_(systems_, options.timeout),
      datapaths_(std::move(workers), options),
      records_(state_, options, std::move(shared.actor)),
      cancelled_(options.cancelled),
      command_(options.command),
      options_(options),
      is_guard_(is_guard),
      engine_(parts_of(state_)) {}

EngineParts EngineService::parts_of(const StateFolder& state) {
    return {.catalog = registry_->catalog(),
            .state = state,
            .systems = systems_,
            .now = now,
            .command = options_.command,
            .lock_patience = options_.patience,
            .looking_time = options_.timeout,
            .is_guard = is_guard_,
            .cancelled = options_.cancelled,
            .may_write = records_.may_write(),
            .daemon = [options = options_] { return daemon_here(options); },
            .ends = [this](Report& report, const Ledger& ledger,
                           const ResolvedProfile* profile) { record(report, ledger, profile); }};
}

/// Under the lock, so that what is kept for the next boot is what is applied, whoever comes next.
void EngineService::record(Report& report, const Ledger& ledger, const ResolvedProfile* profile) {
    if (!recording_ || recording_->is_done) {
        return;
    }
    if (recording_->keeps_profile && profile != nullptr) {
        records_.keep_applied(*profile, report);
    } else if (recording_->keeps_profile) {
        records_.keep_in_step(report, ledger, [this](const ProfileRequest& applied) {
            return resolved_profile(applied);
        });
    }
    record(*recording_, report);
}

/// Once: what did not get the lock is no less on record.
void EngineService::record(Recording& recording, Report& report) const {
    if (std::exchange(recording.is_done, true)) {
        return;
    }
    if (recording.problem) {
        report.problems.push_back(*recording.problem);
        report.exit = worse(report.exit, Exit::not_restored);
    }
    if (recording.is_of_no_change || report.changed || !report.problems.empty()) {
        records_.keep(report, recording.reason);
    }
}

Report EngineService::start(BootStep step) {
    const bool is_last = step == BootStep::after_links;
    return recorded(
        {.reason = is_last ? "boot, once links are up" : "boot, before links are up",
         .keeps_profile = is_last},
        [this, step] { return started({.engine = engine_, .source = boot_source()}, step); });
}

/// "" where it is what is applied now, and so is what is kept. What awaits confirmation is kept
/// once it has that.
std::string EngineService::told_of_next_boot(const HostStatus& status) const {
    const bool is_applied = !status.profile.empty();
    const auto next = profile_at_boot(boot_source());
    if (!next) {
        const Error& why = next.error().front();
        // What this caller may not read others may.
        const bool is_hidden =
            why.code == ErrorCode::denied && (!is_root() || !records_.has_settled_what_boots());
        return is_hidden ? ""
                         : fmt::format("the next boot applies nothing{}: {}",
                                       is_applied ? gets_nothing : "", why.message);
    }
    const bool is_kept = records_.has_settled_what_boots();
    if (status.state == HostState::clean && *next) {
        return is_kept ? fmt::format(
                             "this host boots with {}, which is not applied now: nanotune "
                             "history tells what became of it",
                             (*next)->name)
                       : fmt::format("the next boot applies {} as the host's file has it",
                                     (*next)->name);
    }
    if (!is_applied || status.state == HostState::awaiting_confirmation) {
        return "";
    }
    if (*next && is_applied_as(**next, status.profile_hash)) {
        if ((*next)->hash != status.profile_hash) {
            return "the first step of the boot alone is applied: interrupts, processes and "
                   "datapaths come with `nanotune start after-links`";
        }
        return is_kept ? "" : "what starts or comes gets nothing: the profile is not kept";
    }
    return fmt::format("the next boot applies {}, and not what is applied now{}",
                       *next ? fmt::format("{} as {}", (*next)->name,
                                           is_kept ? "it was kept" : "the host's file has it")
                             : std::string("nothing"),
                       gets_nothing);
}

/// What is applied stays so, whatever becomes of the profile's file. Where that cannot be found
/// here there is nothing to say of it.
HostStatus EngineService::compared(HostStatus status) const {
    if (std::string next = told_of_next_boot(status); !next.empty()) {
        status.notes.push_back(std::move(next));
    }
    if (status.profile.empty()) {
        return status;
    }
    const ProfileRequest applied{.name = status.profile, .overrides = status.overrides};
    const auto now = resolved_profile(applied);
    if (now && !is_applied_as(*now, status.profile_hash)) {
        const auto kept = records_.kept_profile(registry_->catalog());
        const std::string what = kept && *kept && is_applied_as(**kept, status.profile_hash)
                                     ? changes_between(**kept, *now)
                                     : std::string();
        status.notes.push_back(fmt::format(
            "{} has changed since it was applied{}{}{}, and is not applied so: plan shows what it "
            "would change now",
            status.profile, what.empty() ? "" : " (", what, what.empty() ? "" : ")"));
    }
    std::ranges::move(claims_on(status.rows, registry_->catalog()),
                      std::back_inserter(status.notes));
    return status;
}

/// That another profile is kept than what is applied to stay, or is being applied by a boot.
bool EngineService::is_another_kept(const HostStatus& status) const {
    if (status.profile.empty() || status.state == HostState::awaiting_confirmation ||
        records_.keeps(status.profile_hash)) {
        return false;
    }
    const auto kept = records_.kept_profile(registry_->catalog());
    return kept && *kept && !is_applied_as(**kept, status.profile_hash);
}

Result<Awaited> EngineService::awaited() {
    NT_TRY(Awaited awaited, records_.awaited(registry_->catalog()));
    if (is_another_kept(engine_.in_force())) {
        return failure(ErrorCode::conflict, std::string(another_is_kept));
    }
    return awaited;
}

Report EngineService::apply_again(const Consent& consent, std::string_view reason) {
    ApplyRequest request;
    request.consent = consent;
    request.is_again = true;
    const auto kept = records_.kept_profile(registry_->catalog());
    const std::optional<ResolvedProfile> profile = kept.value_or(std::nullopt);
    Report report;
    report.verb = "apply";
    if (!profile) {
        report.exit = Exit::refused;
        report.problems = kept ? Problems{{.code = ErrorCode::not_found,
                                           .message = "no profile is kept that was applied"}}
                               : kept.error();
        return report;
    }
    // What was applied without being kept (with a check that does not hold) is another profile.
    if (profile->hash != engine_.in_force().profile_hash) {
        report.notes.emplace_back(another_is_kept);
        return report;
    }
    return recorded(
        {.reason = std::string(reason), .keeps_profile = false, .is_of_no_change = false},
        [this, &again = *profile, &request] { return engine_.apply(again, request); });
}

Checked<std::string> EngineService::command_line(const ProfileRequest& request) {
    NT_TRY(ResolvedProfile profile, resolved_profile(request));
    NT_TRY(const CpuContext context, look_.cpu_context(profile));
    // What only a reboot sets is asked for even where the rest of the profile does not fit this
    // host; but the CPUs are those of the whole profile.
    std::erase_if(profile.sections, [](const ResolvedSection& section) {
        return !std::ranges::any_of(section.settings, needs_reboot);
    });
    profile.housekeeping.text = context.plan.housekeeping.list();
    profile.irq.text = context.plan.irq.list();
    profile.datapath.text = context.plan.datapath.list();
    profile.isolated.text = context.plan.isolated.list();
    NT_TRY(const Plan plan, engine_.plan(profile));
    std::vector<WantedParameter> wanted;
    for (const auto* changes : {&plan.changes, &plan.unchanged}) {
        for (const Change& change : *changes) {
            // Others go back to their baseline where this profile is not the one applied.
            const Tunable& tunable = *change.desired.setting.tunable;
            if (tunable.impact == Impact::needs_reboot) {
                wanted.push_back(parameter_of(tunable, change.desired.value));
            }
        }
    }
    NT_TRY(const std::string now, look_.command_line());
    return CommandLine::from(now).merged(wanted).text();
}

Certification EngineService::certify(const CertifyRequest& request) {
    Certification done = Certify({.engine = engine_,
                                  .programs =
                                      [](const std::vector<std::string>& command) {
                                          return output_of(command, program_patience);
                                      },
                                  .now = now,
                                  .cancelled = cancelled_,
                                  .may_write = records_.may_write()},
                                 request)
                             .run();
    if (!done.trials.empty()) {
        Report report;
        report.verb = "certify";
        report.profile = request.nic;
        report.exit = done.exit;
        report.state = done.state;
        report.changed = std::ranges::any_of(
            done.trials, [](const Trial& trial) { return trial.verdict == Verdict::not_restored; });
        report.problems = done.problems;
        records_.keep(report);
        for (std::string& note : report.notes) {
            done.notes.push_back(std::move(note));
        }
    }
    return done;
}

Checked<CpuSet> EngineService::cpus(const std::optional<ProfileRequest>& request,
                                    std::string_view expression) {
    ResolvedProfile profile;
    if (request) {
        NT_TRY(profile, resolved_profile(*request));
    }
    return look_.cpus(profile, expression);
}

Result<KeyInfo> EngineService::undeclared_key(std::string_view name) {
    NT_TRY(const SettingRef setting, registry_->catalog().setting(name));
    const auto declared = setting.bank->tunables();
    if (std::ranges::find(declared, setting.tunable) == declared.end()) {
        NT_CHECK(look_.has(setting));
    }
    return key_of(setting);
}

}  // namespace nanotune::cli
