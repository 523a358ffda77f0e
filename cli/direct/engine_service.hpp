// The verbs on the engine of this process, for those who open it.
#pragma once

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "../declarations.hpp"
#include "../doctor/facts_source.hpp"
#include "../memory.hpp"
#include "../occupant.hpp"
#include "boot_start.hpp"
#include "captured_profile.hpp"
#include "catalog_keys.hpp"
#include "claims.hpp"
#include "direct_service.hpp"
#include "engine/engine.hpp"
#include "engine/held_journal.hpp"
#include "engine/refusal.hpp"
#include "engine/registry.hpp"
#include "facts_look.hpp"
#include "host_look.hpp"
#include "kept_datapaths.hpp"
#include "profile_files.hpp"
#include "records.hpp"
#include "stand_in.hpp"
#include "system/storage/residence.hpp"

namespace nanotune::cli {

/// One thread's.
class EngineService final : public SharedService,
                            public DatapathService,
                            public doctor::FactsSource,
                            public Declarations,
                            public Occupant {
  public:
    EngineService(const ServiceOptions& options, SharedParts shared, bool is_guard,
                  Registry registry, Identity identity, std::string workers);

    Report plan(const ProfileRequest& request) override {
        Report report =
            records_.planned(with_profile("plan", request, [this](const ResolvedProfile& profile) {
                return engine_.planned(profile);
            }));
        std::ranges::move(claims_on(report.rows, registry_->catalog()),
                          std::back_inserter(report.notes));
        return report;
    }

    Report apply(const ProfileRequest& request, const ApplyRequest& how) override {
        return recorded({}, [this, &request, &how] {
            return with_profile("apply", request, [this, &how](ResolvedProfile profile) {
                return applied(std::move(profile), how);
            });
        });
    }

    Report confirm() override {
        return recorded({}, [this] { return on_record().confirm(); });
    }

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

    Status hold_record() override;
    Result<bool> keep_record(bool is_awaiting) override;

    Status move_in() override {
        NT_CHECK(state_.prepare());
        NT_TRY(residence_, Residence::take(state_.folder(), command_));
        return {};
    }

    Report rollback_plan(const RollbackRequest& request) override {
        return engine_.rollback_plan(request);
    }

    HostStatus status() override { return compared(standing()); }
    HostStatus standing() override { return records_.seen(on_record().status()); }
    Report freeze(const FreezeRequest& request) override {
        return records_.freeze(request, engine_.status().state);
    }
    Report thaw() override { return records_.thaw(engine_.status().state); }
    Result<std::string> history(std::size_t count) override { return records_.history(count); }
    Status monitor(const EventSink& /*sink*/, const std::atomic<bool>& /*stop*/) override {
        return failure(ErrorCode::unsupported, "no daemon runs that could tell what happens");
    }
    Observation observe(const Gaze& gaze) override { return engine_.observe(gaze); }
    bool begin_vigil(Vigil vigil) override { return engine_.begin_vigil(std::move(vigil)); }
    Result<Vigil::Time> end_vigil() override { return engine_.end_vigil(); }
    void forget() override { engine_.forget(); }
    Report repair(const RepairRequest& request, std::string_view reason) override {
        return recorded({.reason = std::string(reason), .keeps_profile = false},
                        [this, &request] { return engine_.repair(request); });
    }
    Report apply_again(const Consent& consent, std::string_view reason) override;
    Result<Awaited> awaited() override;
    Report start(BootStep step) override;

    Result<std::vector<Datapath>> datapaths(bool with_counts) override {
        return datapaths_.all(with_counts);
    }
    Status datapath(const std::string& name, DatapathAct act) override {
        Status done = datapaths_.act(name, act);
        static_cast<void>(datapaths_.record(records_.actor(), name, act, done));
        return done;
    }

    Checked<HostTopology> topology() override { return look_.topology(); }
    Checked<HostFacts> facts(const FactsRequest& request) override {
        return facts_of_host(systems_, request);
    }
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

    [[nodiscard]] const Catalog& catalog() const override { return registry_->catalog(); }
    std::vector<KeyInfo> keys() override { return keys_of(registry_->catalog()); }
    Result<KeyInfo> undeclared_key(std::string_view name) override;
    std::vector<PluginInfo> plugins() override { return registry_->plugins(); }
    std::vector<PluginInfo> installed() override { return registry_->installed(); }

  private:
    [[nodiscard]] Checked<ResolvedProfile> resolved_profile(const ProfileRequest& request) const {
        NT_TRY(const Profile profile, loaded_profile(request.name, source_, request.overrides));
        return resolved(profile, registry_->catalog());
    }

    [[nodiscard]] EngineParts parts_of(const StateFolder& state);
    Report applied(ResolvedProfile profile, const ApplyRequest& how);
    void put_elsewhere(const HeldJournal& held, Error& why);
    void end_stand_in(bool is_given_back);
    /// The engine that goes by what is on record, wherever that is.
    [[nodiscard]] Engine& on_record() { return engine_elsewhere_ ? *engine_elsewhere_ : engine_; }
    [[nodiscard]] BootSource boot_source() const {
        return {.catalog = registry_->catalog(), .records = records_, .profiles = source_};
    }
    [[nodiscard]] std::string told_of_next_boot(const HostStatus& status) const;
    [[nodiscard]] bool is_another_kept(const HostStatus& status) const;
    [[nodiscard]] HostStatus compared(HostStatus status) const;

    /// How the verb under way is put on record.
    struct Recording {
        std::string reason = {};
        bool keeps_profile = true;    ///< what is applied in the end is for the next boot, too
        bool is_of_no_change = true;  ///< also what has done nothing, and found nothing wrong
        std::optional<Error> problem = {};  ///< that was found before the engine was asked
        bool is_done = false;
    };
    void record(Report& report, const Ledger& ledger, const ResolvedProfile* profile);
    void record(Recording& recording, Report& report) const;
    /// What the verb comes to, put on record: under the lock, where it gets that far.
    template <typename Verb>
    Report recorded(Recording how, Verb run) {
        Recording& recording = recording_.emplace(std::move(how));
        Report report = run();
        record(recording, report);
        recording_.reset();
        return report;
    }

    /// What the verb reports, or all that is wrong with the profile.
    template <typename Verb>
    Report with_profile(std::string_view verb, const ProfileRequest& request, Verb run) {
        auto profile = loaded_profile(request.name, source_, request.overrides);
        Problems problems;
        if (profile) {
            PartlyResolved part = partly_resolved(*profile, registry_->catalog());
            if (part.problems.empty()) {
                *profile = {};  // its room is for what comes
                fetch_memory();
                return run(std::move(part.profile));
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
    KeptDatapaths datapaths_;
    Records records_;
    const std::atomic<bool>* cancelled_;
    std::string command_;
    std::optional<Residence> residence_;
    std::optional<HeldJournal> held_;
    std::optional<HeldJournal> awaiting_;
    std::optional<Recording> recording_;  ///< nothing for what records itself
    ServiceOptions options_;
    bool is_guard_;
    Engine engine_;
    std::unique_ptr<StandIn> stand_in_;  ///< while the state folder does not take the record
    std::optional<Engine> engine_elsewhere_;
};

}  // namespace nanotune::cli
