// What is looked at when, and what is done then.
#include "daemon/keeper.hpp"

#include <chrono>
#include <fstream>
#include <set>
#include <thread>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using namespace nanotune::test;

namespace {

const HeldPlace mtu{"nic.mtu", Target::nic("eth1")};

/// Sees what a test prepared, and remembers how it was looked at.
class FakeShared final : public SharedService {
  public:
    Observation seen;
    Report repaired;
    std::vector<Gaze> gazes;
    std::vector<RepairRequest> repairs;
    std::vector<bool> again;  ///< whether links might bounce
    Awaited awaits;

    Observation observe(const Gaze& gaze) override {
        gazes.push_back(gaze);
        return seen;
    }
    Report repair(const RepairRequest& request, std::string_view) override {
        repairs.push_back(request);
        return repaired;
    }
    Report apply_again(const Consent& consent, std::string_view) override {
        again.push_back(consent.bounces);
        return {};
    }
    Awaited awaited() override { return awaits; }
    Report start(BootStep) override { return {}; }

    Report plan(const ProfileRequest&) override { return {}; }
    Report apply(const ProfileRequest&, const ApplyRequest&) override { return {}; }
    Report confirm() override { return {}; }
    Report verify(const std::optional<ProfileRequest>&) override { return {}; }
    Report rollback(const RollbackRequest&) override { return {}; }
    Status hold_record() override { return {}; }
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
};

struct KeeperScene {
    ScratchFolder folder;
    FakeShared service;
    std::vector<DriftEvent> told;
    std::vector<Followed> follows;
    std::vector<std::string> log;
    Keeper keeper{service, folder.path() + "/host.toml",
                  KeeperEvents{.drifted = [this](const DriftEvent& e) { told.push_back(e); },
                               .follows = [this](const Followed& f) { follows.push_back(f); },
                               .log = [this](const std::string& text) { log.push_back(text); }}};
    HostStatus tuned;

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

}  // namespace

TEST_CASE_METHOD(KeeperScene, "what is applied is looked at at once, without disturbing anybody",
                 "[daemon][keeper]") {
    service.seen.files = {"/proc/sys/vm/swappiness"};
    service.seen.devices = {"eth1"};
    service.seen.gone = {"eth2"};
    keeper.begin_anew(tuned);
    CHECK(keeper.patience() == std::chrono::milliseconds(0));
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(service.gazes.size() == 2);
    CHECK(service.gazes.front().is_quiet);
    // Once, for what happened while nobody watched: what is held of devices, their drivers too.
    CHECK_FALSE(service.gazes.back().is_quiet);
    CHECK(service.gazes.back().devices == std::set<std::string>{"eth1", "eth2"});
    REQUIRE(follows.size() == 1);
    CHECK(follows.front().files == std::set<std::string>{"/proc/sys/vm/swappiness"});
    CHECK(follows.front().devices == std::set<std::string>{"eth1", "eth2"});
    REQUIRE(keeper.patience());
    CHECK(*keeper.patience() > std::chrono::seconds(20));
    keeper.look({.is_whole = true}, tuned);
    CHECK(follows.size() == 1);  // the same as before
    CHECK(service.gazes.size() == 3);
}

TEST_CASE_METHOD(KeeperScene, "a device that is told of all the time does not put off the poll",
                 "[daemon][keeper]") {
    policy("[drift]\npoll = 1\n");
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
    keeper.look({.devices = {"eth1"}}, tuned);
    REQUIRE(keeper.patience());
    CHECK(*keeper.patience() < std::chrono::milliseconds(600));
    std::this_thread::sleep_for(*keeper.patience());
    keeper.look({.devices = {"eth1"}}, tuned);
    REQUIRE(service.gazes.size() == 4);
    CHECK(service.gazes[2].devices.empty());  // everything, as it is time for that
}

TEST_CASE_METHOD(KeeperScene, "a link that was down has what others made of it left alone",
                 "[daemon][keeper]") {
    keeper.begin_anew(tuned);
    see_drift();
    keeper.look({.is_whole = true}, tuned);
    keeper.look({.devices = {"eth1"}, .up_again = {"eth1"}}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK_FALSE(service.repairs.front().may_disturb);
    CHECK(service.repairs.front().left == std::set{mtu});
    CHECK(service.again.empty());
    keeper.look({.devices = {"eth1"}, .returned = {"eth1"}}, tuned);  // its driver has forgotten it
    REQUIRE(service.repairs.size() == 2);
    CHECK(service.repairs.back().left.empty());
}

TEST_CASE_METHOD(KeeperScene, "what others may rule stays theirs when the device comes back",
                 "[daemon][keeper]") {
    policy("[drift]\npolicy = 'yield'\n");
    keeper.begin_anew(tuned);
    see_drift();
    keeper.look({.is_whole = true}, tuned);
    keeper.look({.devices = {"eth1"}, .returned = {"eth1"}}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK(service.repairs.front().left == std::set{mtu});
}

TEST_CASE_METHOD(KeeperScene, "a device that came under another name gets its settings",
                 "[daemon][keeper]") {
    service.seen.gone = {"eth1"};
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    CHECK(follows.back().has_away);
    service.seen.gone.clear();
    service.seen.devices = {"eth9"};
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK(service.repairs.front().devices == std::set<std::string>{"eth9"});
}

TEST_CASE_METHOD(KeeperScene, "a device that came while the host was frozen gets its own after it",
                 "[daemon][keeper]") {
    HostStatus frozen = tuned;
    frozen.frozen = Frozen{};
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    keeper.look({.devices = {"eth1"}, .returned = {"eth1"}}, frozen);
    CHECK(service.repairs.empty());
    CHECK(keeper.owes_something());
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK(service.repairs.front().devices == std::set<std::string>{"eth1"});
    CHECK_FALSE(keeper.owes_something());
}

TEST_CASE_METHOD(KeeperScene, "a device that nobody has known has the profile applied again",
                 "[daemon][keeper]") {
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    keeper.look({.arrived = {"eth7"}}, tuned);
    CHECK(service.again == std::vector<bool>{true});
    CHECK(service.repairs.empty());
}

TEST_CASE_METHOD(KeeperScene, "a device that has gone has not been mended", "[daemon][keeper]") {
    keeper.begin_anew(tuned);
    see_drift();
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(told.size() == 1);
    service.seen.changed.clear();
    service.seen.absent = {mtu};
    keeper.look({.is_whole = true}, tuned);
    CHECK(told.size() == 1);
    CHECK_FALSE(keeper.has_drifted());
}

TEST_CASE_METHOD(KeeperScene, "where nothing is held nobody looks, and nothing is followed",
                 "[daemon][keeper]") {
    HostStatus clean;
    keeper.begin_anew(clean);
    CHECK_FALSE(keeper.patience());
    keeper.look({.is_whole = true}, clean);
    CHECK_FALSE(keeper.patience());
    CHECK(service.gazes.empty());
    REQUIRE(follows.size() == 1);
    CHECK(follows.front() == Followed{});
}

TEST_CASE_METHOD(KeeperScene, "a device that something is told of is asked about itself",
                 "[daemon][keeper]") {
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    see_drift();
    keeper.look({.devices = {"eth1"}}, tuned);
    REQUIRE(service.gazes.size() == 2);
    CHECK_FALSE(service.gazes.back().is_quiet);
    CHECK(service.gazes.back().devices == std::set<std::string>{"eth1"});
    REQUIRE(told.size() == 1);
    CHECK(told.front().place == mtu);
    CHECK(keeper.has_drifted());
    CHECK(service.repairs.empty());  // the default only warns
}

TEST_CASE_METHOD(KeeperScene, "a drift is repaired where the host's file wants that",
                 "[daemon][keeper]") {
    policy("[drift]\npolicy = 'repair'\n");
    see_drift();
    service.repaired.rows = {service.seen.changed.front().row};
    service.repaired.rows.front().outcome = Outcome::changed;
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK(service.repairs.front().places == std::vector{mtu});
    CHECK_FALSE(service.repairs.front().may_disturb);
    REQUIRE(told.size() == 2);
    CHECK(told.back().what == DriftEvent::What::repaired);
    CHECK_FALSE(keeper.has_drifted());
}

TEST_CASE_METHOD(KeeperScene, "a broken file of the host repairs nothing", "[daemon][keeper]") {
    policy("[drift]\npolicy = 'mend'\n");
    see_drift();
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    CHECK(service.repairs.empty());
    CHECK(told.size() == 1);
}

TEST_CASE_METHOD(KeeperScene, "a device that comes back gets what was applied to it again",
                 "[daemon][keeper]") {
    keeper.begin_anew(tuned);
    keeper.look({.devices = {"eth1"}, .returned = {"eth1"}}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK(service.repairs.front().devices == std::set<std::string>{"eth1"});
    CHECK(service.repairs.front().may_disturb);
    CHECK(service.repairs.front().places.empty());
    CHECK(service.again == std::vector<bool>{true});  // for what has come under other numbers
}

TEST_CASE_METHOD(KeeperScene, "a process that starts gets its own, and nothing else is disturbed",
                 "[daemon][keeper]") {
    service.awaits.processes = {{{"comm", "feed*"}}};
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(follows.size() == 1);
    CHECK(follows.front().awaited == service.awaits);
    keeper.look({.started = {812}}, tuned);
    CHECK(service.again == std::vector<bool>{false});
    CHECK(service.gazes.size() == 1);
}

TEST_CASE_METHOD(KeeperScene, "a device that comes and goes for ever is left after a while",
                 "[daemon][keeper]") {
    keeper.begin_anew(tuned);
    for (int i = 0; i < 9; ++i) {
        keeper.look({.devices = {"eth1"}, .returned = {"eth1"}}, tuned);
    }
    CHECK(service.repairs.size() == 5);
    CHECK_FALSE(log.empty());
}

TEST_CASE_METHOD(KeeperScene, "without a poll nobody looks by himself", "[daemon][keeper]") {
    policy("[drift]\npoll = 0\n");
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    CHECK_FALSE(keeper.patience());
}
