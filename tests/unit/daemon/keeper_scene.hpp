// A keeper on a service that sees what a test prepared.
#pragma once

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "daemon/keeper.hpp"
#include "service/host_config.hpp"
#include "support/scratch_folder.hpp"

namespace nanotune::test {

using namespace nanotune::daemon;

inline const HeldPlace mtu{"nic.mtu", Target::nic("eth1")};

/// Sees what a test prepared, and remembers how it was looked at.
class FakeShared final : public SharedService {
  public:
    Observation seen;
    Report repaired;
    std::vector<Gaze> gazes;
    std::vector<RepairRequest> repairs;
    Report applied_again;
    std::vector<bool> again;  ///< whether links might bounce
    Awaited awaits;
    std::optional<Error> forgotten;  ///< why nobody knows what it awaits
    std::optional<Vigil> vigil;      ///< while it is kept
    Result<Vigil::Time> next = failure(ErrorCode::timed_out, "");  ///< of `end_vigil`

    Observation observe(const Gaze& gaze) override {
        gazes.push_back(gaze);
        return seen;
    }
    bool begin_vigil(Vigil begun) override {
        vigil = std::move(begun);
        return true;
    }
    Result<Vigil::Time> end_vigil() override {
        vigil.reset();
        return next;
    }
    void forget() override {}
    Report repair(const RepairRequest& request, std::string_view) override {
        repairs.push_back(request);
        return repaired;
    }
    Report apply_again(const Consent& consent, std::string_view) override {
        again.push_back(consent.bounces);
        return applied_again;
    }
    Result<Awaited> awaited() override {
        return forgotten ? Result<Awaited>(std::unexpected(*forgotten)) : awaits;
    }
    Report start(BootStep) override { return {}; }

    Report plan(const ProfileRequest&) override { return {}; }
    Report apply(const ProfileRequest&, const ApplyRequest&) override { return {}; }
    Report confirm() override { return {}; }
    Report verify(const std::optional<ProfileRequest>&) override { return {}; }
    Report rollback(const RollbackRequest&) override { return {}; }
    Status hold_record() override { return {}; }
    Result<bool> keep_record(bool /*is_awaiting*/) override { return false; }
    Report rollback_plan(const RollbackRequest&) override { return {}; }
    HostStatus status() override { return {}; }
    Report freeze(const FreezeRequest&) override { return {}; }
    Report thaw() override { return {}; }
    Result<std::string> history(std::size_t) override { return std::string(); }
    Status monitor(const EventSink&, const std::atomic<bool>&) override { return {}; }
    Checked<HostTopology> topology() override { return HostTopology(); }
    Certification certify(const CertifyRequest& /*request*/) override { return {}; }
    Result<std::string> capture() override { return std::string(); }
    Checked<std::string> show(const ProfileRequest&) override { return std::string(); }
    Problems check(const ProfileRequest&) override { return {}; }
    Checked<std::string> command_line(const ProfileRequest&) override { return std::string(); }
    Checked<CpuSet> cpus(const std::optional<ProfileRequest>&, std::string_view) override {
        return CpuSet();
    }
    std::vector<KeyInfo> keys() override { return {}; }
    Result<KeyInfo> undeclared_key(std::string_view /*name*/) override {
        return failure(ErrorCode::not_found, "");
    }
    std::vector<PluginInfo> plugins() override { return {}; }
    std::vector<PluginInfo> installed() override { return {}; }
};

struct KeeperScene {
    ScratchFolder folder;
    FakeShared service;
    std::vector<DriftEvent> told;
    std::vector<Followed> follows;
    std::vector<std::string> log;
    Keeper keeper{service,
                  [this] {
                      const auto file = read_host_file(folder.path() + "/host.toml");
                      return file && *file ? **file : HostFile();
                  },
                  KeeperEvents{.drifted = [this](const DriftEvent& e) { told.push_back(e); },
                               .follows = [this](const Followed& f) { follows.push_back(f); },
                               .log = [this](const std::string& text) { log.push_back(text); }}};
    Standing tuned;

    KeeperScene() { tuned.state = HostState::tuned; }
    void policy(const std::string& text) const {
        std::ofstream(folder.path() + "/host.toml") << text;
    }
    void see_drift() {
        service.seen.as_applied.clear();
        service.seen.changed = {{.row = {.setting = mtu.setting,
                                         .target = mtu.target,
                                         .before = "1400",
                                         .wanted = "1400",
                                         .got = "1300",
                                         .outcome = Outcome::differs,
                                         .origin = {},
                                         .message = {}}}};
    }
};

}  // namespace nanotune::test
