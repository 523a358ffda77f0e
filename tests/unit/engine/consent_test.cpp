// What must be allowed before the first write, and who else may be at work.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

ApplyRequest allowing(std::string_view words) {
    ApplyRequest request = apply_request();
    request.consent = words.empty() ? Consent{} : Consent::from_words(words).value();
    return request;
}

FakeHost host_with_nic(bool carries_default_route) {
    return given::host()
        .with_sysctl("vm.swappiness", "60")
        .with_nic("eth0", {.default_route = carries_default_route});
}

struct NicScene : Scene {
    NicScene() : Scene(host_with_nic(false)) {}
};

constexpr auto fewer_queues = "[memory]\nswappiness = 10\n[nic.eth0]\nchannels.combined = 2\n";

}  // namespace

TEST_CASE_METHOD(NicScene,
                 "a change that drops packets needs to be allowed, and nothing is written before",
                 "[engine][consent]") {
    const Report report = engine.apply(fewer_queues, allowing(""));
    INFO(text_of(report));
    CHECK(report.exit == Exit::consent_missing);
    CHECK(row_at(report, "nic.channels.combined", Target::nic("eth0")).message.contains("drops"));
    CHECK(engine.system().writes().empty());
    CHECK(engine.apply(fewer_queues, allowing("drops")).exit == Exit::as_wanted);
}

TEST_CASE("a change without impact needs no consent", "[engine][consent]") {
    FakeHost host = host_with_nic(true);
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    CHECK(engine.apply("[memory]\nswappiness = 10\n", allowing("")).exit == Exit::as_wanted);
}

TEST_CASE("the operator's own NIC needs its exact name and a consent of its own",
          "[engine][consent]") {
    FakeHost host = host_with_nic(true);
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    CHECK(row_at(engine.planned(fewer_queues), "nic.channels.combined", Target::nic("eth0"))
              .message == "eth0 carries the default route: needs --allow management");
    const Report unconsented = engine.apply(fewer_queues, allowing("drops"));
    INFO(text_of(unconsented));
    CHECK(unconsented.exit == Exit::consent_missing);
    CHECK(row_at(unconsented, "nic.channels.combined", Target::nic("eth0"))
              .message.contains("default route"));

    const Report by_glob =
        engine.apply("[nic.\"eth*\"]\nchannels.combined = 2\n", allowing("drops,management"));
    INFO(text_of(by_glob));
    CHECK(by_glob.exit == Exit::consent_missing);
    CHECK(engine.system().writes().empty());

    CHECK(engine.apply(fewer_queues, allowing("drops,management")).exit == Exit::as_wanted);
    CHECK(row_at(engine.engine().rollback_plan({}), "nic.channels.combined", Target::nic("eth0"))
              .message == "eth0 carries the default route: needs --allow management");
}

TEST_CASE("a sysctl that sets the operator's own NIC up anew needs the consent that the NIC does",
          "[engine][consent]") {
    const bool carries_default_route = GENERATE(true, false);
    FakeHost host = host_with_nic(carries_default_route);
    host.with_sysctl("net.ipv4.conf.eth0.forwarding", "0")
        .with_sysctl("net.ipv4.conf.eth0.rp_filter", "0");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    constexpr auto forwarding = "[sysctl]\n\"net.ipv4.conf.eth0.forwarding\" = 1\n";
    constexpr std::string_view setting = "sysctl.net.ipv4.conf.eth0.forwarding";

    const Report report = engine.apply(forwarding, allowing("drops"));
    INFO(text_of(report));
    CHECK((report.exit == Exit::consent_missing) == carries_default_route);
    CHECK(row_at(report, setting, Target::host()).allow ==
          (carries_default_route ? "drops,management" : "drops"));
    CHECK((row_at(report, setting, Target::host()).message ==
           "eth0 carries the default route: needs --allow management") == carries_default_route);
    CHECK(engine.apply(forwarding, allowing("drops,management")).exit == Exit::as_wanted);
    CHECK(engine.engine().rollback(RollbackRequest()).exit == Exit::consent_missing);
    CHECK(engine
              .apply("[sysctl]\n\"net.ipv4.conf.eth0.rp_filter\" = 1\n" +
                         std::string("\"net.ipv4.conf.eth0.forwarding\" = 1\n"),
                     allowing(""))
              .exit == Exit::as_wanted);
}

TEST_CASE("the NIC of the operator's session is protected like that of the default route",
          "[engine][consent]") {
    FakeHost host = given::host().with_nic("eth0", {.address = "192.0.2.1"});
    host.session_address = "192.0.2.1";
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report report = engine.apply("[nic.eth0]\nchannels.combined = 2\n", allowing("drops"));
    INFO(text_of(report));
    CHECK(report.exit == Exit::consent_missing);
}

TEST_CASE_METHOD(NicScene, "a profile can forbid what the operator allows", "[engine][consent]") {
    const Report report = engine.apply(
        "[profile]\nforbid = [\"drops\"]\n[nic.eth0]\nchannels.combined = 2\n", allowing("all"));
    INFO(text_of(report));
    CHECK(report.exit == Exit::consent_missing);
    CHECK(engine.system().writes().empty());
}

TEST_CASE("a plan says what no consent lets through", "[engine][consent]") {
    FakeHost host = host_with_nic(true);
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const auto row_of = [&](const char* profile) {
        return row_at(engine.planned(profile), "nic.channels.combined", Target::nic("eth0"));
    };
    const Row forbidden =
        row_of("[profile]\nforbid = [\"drops\"]\n[nic.eth0]\nchannels.combined = 2\n");
    CHECK(forbidden.is_barred);
    CHECK(forbidden.message == "the profile forbids what drops");
    const Row by_glob = row_of("[nic.\"eth*\"]\nchannels.combined = 2\n");
    CHECK(by_glob.is_barred);
    CHECK(by_glob.message.ends_with("the profile must name it exactly"));
    const Row by_name = row_of("[nic.eth0]\nchannels.combined = 2\n");
    CHECK_FALSE(by_name.is_barred);
    CHECK(by_name.message.ends_with("needs --allow management"));
}

TEST_CASE("consent of no words is refused with the list of them", "[engine][consent]") {
    for (const char* words : {"", "drops,", ",", ",drops"}) {
        const auto consent = Consent::from_words(words);
        REQUIRE_FALSE(consent);
        CHECK(consent.error().message.contains(
            "--allow \"\": expected drops, bounces, moves, clock, management or all"));
    }
    CHECK(Consent::from_words("drops,moves").value().moves);
}

TEST_CASE_METHOD(NicScene, "rollback asks the same consent as apply", "[engine][consent]") {
    REQUIRE(engine.apply(fewer_queues, allowing("drops")).exit == Exit::as_wanted);
    const FakeHost tuned = host;

    RollbackRequest request = rollback_request();
    request.consent = {};
    const Report report = engine.rollback(request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::consent_missing);
    CHECK(difference(tuned, host).empty());
    request.consent.drops = true;
    CHECK(engine.rollback(request).exit == Exit::as_wanted);
}

TEST_CASE_METHOD(NicScene, "an apply that awaits confirmation is kept once it is confirmed",
                 "[engine][confirm]") {
    ApplyRequest request = apply_request();
    request.confirm_within = std::chrono::seconds(60);

    const Report report = engine.apply("[memory]\nswappiness = 10\n", request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(engine.status().state == HostState::awaiting_confirmation);
    const Report second = engine.apply("[memory]\nswappiness = 5\n");
    CHECK(second.exit == Exit::refused);
    CHECK(text_of(second).contains("awaits confirmation"));

    CHECK(engine.confirm().exit == Exit::as_wanted);
    CHECK(engine.status().state == HostState::tuned);
    CHECK(host.text(swappiness) == "10");
    CHECK(engine.confirm().exit == Exit::refused);
}

TEST_CASE_METHOD(NicScene, "rolling back what was not confirmed restores the profile before it",
                 "[engine][confirm]") {
    REQUIRE(engine.apply("[memory]\nswappiness = 20\n").exit == Exit::as_wanted);
    ApplyRequest request = apply_request();
    request.confirm_within = std::chrono::seconds(60);
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n", request).exit == Exit::as_wanted);

    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(host.text(swappiness) == "20");
    CHECK(engine.status().state == HostState::tuned);
    CHECK(engine.verify().exit == Exit::as_wanted);
}

TEST_CASE("a driver that hangs is named, and the rest is restored in a time of its own",
          "[engine][timeout]") {
    FakeHost host = host_with_nic(false).hang("link:eth0:number:4");
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    ApplyRequest request = apply_request();
    request.timeout = std::chrono::milliseconds(300);

    const Report report = engine.apply("[nic.eth0]\nring.rx = 1024\nmtu = 1400\n", request);
    INFO(text_of(report));
    CHECK(worse(report.exit, Exit::lock_or_timeout) == report.exit);
    CHECK(text_of(report).contains("nic.mtu"));
    CHECK(text_of(report).contains("eth0"));
    CHECK(host.text("ethtool:eth0:15:6") == before.text("ethtool:eth0:15:6"));
}

TEST_CASE_METHOD(NicScene, "a second nanotune is told who holds the lock", "[engine][lock]") {
    const auto lock = engine.state().lock("apply of hft", {});
    REQUIRE(lock);

    const Report report = engine.apply("[memory]\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::lock_or_timeout);
    REQUIRE_FALSE(report.problems.empty());
    CHECK(report.problems.front().message.contains("apply of hft"));
    CHECK(engine.system().writes().empty());
    CHECK(engine.verify("[memory]\nswappiness = 60\n").exit == Exit::as_wanted);
}

TEST_CASE("who may not even keep a journal is told what each setting needs, all before any write",
          "[engine][permission]") {
    FakeHost host = host_with_nic(false).unprivileged();
    // Nobody makes folders there, root gets EPERM.
    EngineOn engine(host, "/sys/nanotune-test");
    const Report report = engine.apply("[memory]\nswappiness = 10\n[nic.eth0]\nmtu = 1400\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    REQUIRE(report.problems.size() == 3);
    CHECK(text_of(report).contains("test.toml:4:1: nic.mtu on eth0: CAP_NET_ADMIN is missing"));
    CHECK(text_of(report).contains("test.toml:2:1: memory.swappiness on host"));
    CHECK(report.problems.back().message.contains("/sys/nanotune-test"));
    CHECK(engine.system().writes().empty());
}

TEST_CASE("apply refuses to start when its state folder cannot be written", "[engine][state]") {
    FakeHost host = host_with_nic(false);
    EngineOn engine(host, "/dev/null/state");
    const Report report = engine.apply("[memory]\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    CHECK_FALSE(report.problems.empty());
    CHECK(engine.system().writes().empty());
}

TEST_CASE("what was cut off is taken back only with the consent that its changes need",
          "[engine][consent]") {
    FakeHost host = given::host().with_nic("eth0").with_sysctl("vm.swappiness", "60");
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    ApplyRequest unconfirmed = apply_request();
    unconfirmed.confirm_within = std::chrono::seconds(1);
    REQUIRE(engine.apply("[nic.eth0]\nring.rx = 1024\n", unconfirmed).exit == Exit::as_wanted);
    engine.pass(std::chrono::seconds(5));
    const FakeHost tuned = host;

    ApplyRequest quiet = apply_request();
    quiet.consent = {};
    RollbackRequest quiet_rollback = rollback_request();
    quiet_rollback.consent = {};
    for (const Report& report :
         {engine.apply("[memory]\nswappiness = 10\n", quiet), engine.rollback(quiet_rollback)}) {
        INFO(text_of(report));
        CHECK(report.exit == Exit::consent_missing);
        CHECK(report.state == HostState::overdue);
        CHECK_FALSE(report.changed);
        CHECK(row_at(report, "nic.ring.rx", Target::nic("eth0")).message == "needs --allow drops");
        CHECK(text_of(report).contains("taken back first"));
    }
    CHECK(difference(tuned, host) == no_difference);

    SECTION("an apply that allows it takes it back first") {
        quiet.consent.drops = true;
        const Report report = engine.apply("[memory]\nswappiness = 10\n", quiet);
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        host.cells["/proc/sys/vm/swappiness"] = "60";
        CHECK(difference(before, host) == no_difference);
    }
    SECTION("so does a rollback") {
        quiet_rollback.consent.drops = true;
        CHECK(engine.rollback(quiet_rollback).exit == Exit::as_wanted);
        CHECK(difference(before, host) == no_difference);
    }
}
