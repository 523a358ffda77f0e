#include "direct_service.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nanotune/command_line.hpp>

#include "boot_start.hpp"
#include "captured_profile.hpp"
#include "catalog_keys.hpp"
#include "engine/certify.hpp"
#include "engine/engine.hpp"
#include "engine/held_journal.hpp"
#include "engine/refusal.hpp"
#include "engine/registry.hpp"
#include "host_look.hpp"
#include "profile_files.hpp"
#include "records.hpp"
#include "service/freeze.hpp"
#include "system/kernel_system.hpp"
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

Moment now() {
    return {.wall = std::chrono::system_clock::now(), .since_boot = time_since_boot()};
}

/// The verbs on the engine of this process.
class DirectService final : public SharedService {
  public:
    DirectService(const ServiceOptions& options, SharedParts shared, bool is_guard,
                  Registry registry, Identity identity, std::string workers)
        : registry_(std::make_shared<const Registry>(std::move(registry))),
          state_(options.state_folder, std::move(identity)),
          // A call that hangs keeps its plugin's code by this.
          systems_([address = std::move(shared.session_address), kept = registry_,
                    workers = std::move(workers), program = options.worker] {
              return kernel_system(address,
                                   std::make_unique<worker::KeptWorkers>(workers, program));
          }),
          source_(std::move(shared.profiles)),
          look_(systems_, options.timeout),
          records_(state_, options, std::move(shared.actor)),
          cancelled_(options.cancelled),
          engine_({.catalog = registry_->catalog(),
                   .state = state_,
                   .systems = systems_,
                   .now = now,
                   .command = options.command,
                   .lock_patience = options.patience,
                   .looking_time = options.timeout,
                   .is_guard = is_guard,
                   .cancelled = options.cancelled,
                   .may_write = records_.may_write()}) {}

    Report plan(const ProfileRequest& request) override {
        return records_.planned(with_profile(
            "plan", request,
            [this](const ResolvedProfile& profile) { return engine_.planned(profile); }));
    }

    Report apply(const ProfileRequest& request, const ApplyRequest& how) override {
        return records_.kept(
            with_profile("apply", request, [this, &how](const ResolvedProfile& profile) {
                return records_.applied(profile, engine_.apply(profile, how));
            }));
    }

    Report confirm() override { return records_.kept(kept_for_boot(engine_.confirm())); }

    Report verify(const std::optional<ProfileRequest>& request) override {
        if (!request) {
            return engine_.verify(nullptr, [this](const ProfileRequest& applied) {
                return resolved_profile(applied);
            });
        }
        return with_profile("verify", *request, [this](const ResolvedProfile& profile) {
            return engine_.verify(&profile);
        });
    }

    Report rollback(const RollbackRequest& request) override;

    Status hold_record() override {
        NT_TRY(held_, HeldJournal::of(state_));
        return {};
    }

    Report rollback_plan(const RollbackRequest& request) override {
        return engine_.rollback_plan(request);
    }

    HostStatus status() override { return records_.seen(engine_.status()); }
    Report freeze(const FreezeRequest& request) override {
        return records_.freeze(request, engine_.status().state);
    }
    Report thaw() override { return records_.thaw(engine_.status().state); }
    Result<std::string> history(std::size_t count) override { return records_.history(count); }
    Status monitor(const EventSink& /*sink*/, const std::atomic<bool>& /*stop*/) override {
        return failure(ErrorCode::unsupported, "no daemon runs that could tell what happens");
    }
    Observation observe(const Gaze& gaze) override { return engine_.observe(gaze); }
    Report repair(const RepairRequest& request, std::string_view reason) override {
        return records_.kept(engine_.repair(request), reason);
    }
    Report apply_again(const Consent& consent, std::string_view reason) override;
    Awaited awaited() override { return records_.awaited(registry_->catalog()); }
    Report start(BootStep step) override {
        return records_.kept(started({.engine = engine_,
                                      .catalog = registry_->catalog(),
                                      .records = records_,
                                      .profiles = source_},
                                     step),
                             step == BootStep::before_links ? "boot, before links are up"
                                                            : "boot, once links are up");
    }

    Checked<HostTopology> topology() override { return look_.topology(); }
    Certification certify(const CertifyRequest& request) override;

    Result<std::string> capture() override {
        NT_TRY(const auto captured, engine_.capture());
        return captured_profile(captured);
    }

    Checked<std::string> show(const ProfileRequest& request) override {
        NT_TRY(const ResolvedProfile profile, resolved_profile(request));
        return shown(profile);
    }

    Problems check(const ProfileRequest& request) override {
        auto profile = resolved_profile(request);
        return profile ? Problems() : std::move(profile).error();
    }

    Checked<std::string> command_line(const ProfileRequest& request) override;
    Checked<CpuSet> cpus(const std::optional<ProfileRequest>& request,
                         std::string_view expression) override;

    std::vector<KeyInfo> keys() override { return keys_of(registry_->catalog()); }
    Result<KeyInfo> undeclared_key(std::string_view name) override;
    std::vector<PluginInfo> plugins() override { return registry_->plugins(); }

  private:
    [[nodiscard]] Checked<ResolvedProfile> resolved_profile(const ProfileRequest& request) const {
        NT_TRY(const Profile profile, loaded_profile(request.name, source_, request.overrides));
        return resolved(profile, registry_->catalog());
    }

    Report kept_for_boot(Report report);

    /// What the verb reports, or all that is wrong with the profile.
    template <typename Verb>
    Report with_profile(std::string_view verb, const ProfileRequest& request, Verb run) {
        auto profile = loaded_profile(request.name, source_, request.overrides);
        Problems problems;
        if (profile) {
            PartlyResolved part = partly_resolved(*profile, registry_->catalog());
            if (part.problems.empty()) {
                return run(part.profile);
            }
            problems = engine_.all_problems(part.profile, std::move(part.problems));
        } else {
            problems = std::move(profile).error();
        }
        Report report;
        report.verb = verb;
        report.profile = request.name;
        report.problems = std::move(problems);
        report.exit = exit_of(report.problems);
        report.state = engine_.status().state;
        return report;
    }

    std::shared_ptr<const Registry> registry_;
    StateFolder state_;
    SystemFactory systems_;
    ProfileSource source_;
    HostLook look_;
    Records records_;
    const std::atomic<bool>* cancelled_;
    std::optional<HeldJournal> held_;
    Engine engine_;
};

Report DirectService::rollback(const RollbackRequest& request) {
    const Status there = held_ ? held_->give_back(state_, request.only) : Status();
    Report report = engine_.rollback(request);
    if (!there) {
        report.problems.push_back(there.error());
        report.exit = worse(report.exit, Exit::not_restored);
    }
    return records_.kept(kept_for_boot(std::move(report)));
}

Report DirectService::kept_for_boot(Report report) {
    return records_.in_step(
        std::move(report), engine_.status(),
        [this](const ProfileRequest& applied) { return resolved_profile(applied); });
}

Report DirectService::apply_again(const Consent& consent, std::string_view reason) {
    ApplyRequest request;
    request.consent = consent;
    request.is_again = true;
    const auto profile = records_.kept_profile(registry_->catalog());
    if (profile && *profile) {
        Report report = engine_.apply(**profile, request);
        return report.changed || !report.problems.empty() ? records_.kept(std::move(report), reason)
                                                          : report;
    }
    Report report;
    report.verb = "apply";
    report.exit = Exit::refused;
    report.problems = profile ? Problems{{.code = ErrorCode::not_found,
                                          .message = "no profile is kept that was applied"}}
                              : profile.error();
    return report;
}

Checked<std::string> DirectService::command_line(const ProfileRequest& request) {
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

Certification DirectService::certify(const CertifyRequest& request) {
    if (Status may = records_.may_write()(); !may) {
        Certification refused;
        refused.nic = request.nic;
        refused.problems.push_back(std::move(may).error());
        refused.exit = Exit::refused;
        refused.state = engine_.status().state;
        return refused;
    }
    Certification done = Certify({.engine = engine_,
                                  .programs =
                                      [](const std::vector<std::string>& command) {
                                          return output_of(command, program_patience);
                                      },
                                  .now = now,
                                  .cancelled = cancelled_},
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
        for (std::string& note : records_.kept(std::move(report)).notes) {
            done.notes.push_back(std::move(note));
        }
    }
    return done;
}

Checked<CpuSet> DirectService::cpus(const std::optional<ProfileRequest>& request,
                                    std::string_view expression) {
    ResolvedProfile profile;
    if (request) {
        NT_TRY(profile, resolved_profile(*request));
    }
    return look_.cpus(profile, expression);
}

Result<KeyInfo> DirectService::undeclared_key(std::string_view name) {
    NT_TRY(const SettingRef setting, registry_->catalog().setting(name));
    NT_CHECK(look_.has(setting));
    return key_of(setting);
}

/// For root, who runs no plugin that somebody may change who could not change this program too.
std::optional<unsigned> program_owner() {
    struct stat program{};
    if (::geteuid() != 0) {
        return std::nullopt;
    }
    return ::stat("/proc/self/exe", &program) == 0 ? program.st_uid : 0U;
}

Result<std::unique_ptr<DirectService>> opened(const ServiceOptions& options, SharedParts shared,
                                              bool is_guard) {
    NT_TRY(Identity identity, current_identity());
    // Root goes by what it remembers of plugins as it goes by its journal.
    const bool may_remember =
        ::geteuid() != 0 || StateFolder(options.state_folder, identity).prepare();
    auto registry = Registry::load(
        {.path = options.plugin_folder,
         .seen_file = may_remember ? options.state_folder + "/plugins-seen" : std::string(),
         .program_owner = program_owner()});
    if (!registry) {
        return std::unexpected(std::move(registry).error().within("folder of the plugins"));
    }
    NT_TRY(std::string workers, worker::workers_folder(options.state_folder));
    return std::make_unique<DirectService>(options, std::move(shared), is_guard,
                                           *std::move(registry), std::move(identity),
                                           std::move(workers));
}

}  // namespace

Status prepare_state_folder(const std::string& folder) {
    NT_TRY(Identity identity, current_identity());
    return StateFolder(folder, std::move(identity)).prepare();
}

Result<std::unique_ptr<Service>> direct_service(const ServiceOptions& options) {
    return opened(options,
                  {.session_address = [address = options.session_address] { return address; },
                   .profiles = profile_files(options.profile_folders, options.working_folder,
                                             options.timeout),
                   .actor = [command = options.command] { return own_actor(command); }},
                  false);
}

Result<std::unique_ptr<SharedService>> shared_service(const ServiceOptions& options,
                                                      SharedParts parts) {
    return opened(options, std::move(parts), true);
}

}  // namespace nanotune::cli
