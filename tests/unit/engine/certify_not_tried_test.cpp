// What certification does not try, and when it ends before all is tried.
#include "laboratory.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("without consent what it takes is not tried, and named", "[engine][certify]") {
    Laboratory lab;
    const Certification done =
        lab.certify(CertifyRequest{.nic = "eth0", .consent = {}, .limit = std::chrono::hours(1)});
    const Trial trial = trial_of(done, "nic.mtu");
    CHECK(trial.verdict == Verdict::not_tried);
    CHECK(trial.allow.contains("drops"));
    CHECK(trial_of(done, "nic.rps.cpus").verdict == Verdict::certified);
    CHECK(done.exit == Exit::consent_missing);
}

TEST_CASE("nothing is tried while something is applied", "[engine][certify]") {
    Laboratory lab;
    REQUIRE(lab.engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    const Certification done = lab.certify("");
    CHECK(done.exit == Exit::refused);
    CHECK(done.trials.empty());
    REQUIRE(done.problems.size() == 1);
    CHECK(done.problems.front().message.contains("is tuned"));
    CHECK(lab.engine.status().profile == "test");
}

TEST_CASE("nothing is tried on a device that is not there", "[engine][certify]") {
    Laboratory lab;
    const Certification done = lab.certify("eth9");
    CHECK(done.exit == Exit::refused);
    REQUIRE(done.problems.size() == 1);
    CHECK(done.problems.front().message == "there is no network device eth9 here");
}

TEST_CASE("when the time is up, or somebody interrupts, the rest is not tried",
          "[engine][certify]") {
    Laboratory lab;
    SECTION("time") {
        const Certification done = lab.certify(
            CertifyRequest{.nic = "", .consent = {}, .limit = std::chrono::milliseconds(-1)});
        CHECK(done.exit == Exit::lock_or_timeout);
        CHECK(done.succeeded() == 0);
    }
    SECTION("interruption") {
        lab.cancelled = true;
        const Certification done = lab.certify("");
        CHECK(done.exit == Exit::rolled_back);
        CHECK(done.succeeded() == 0);
    }
    CHECK(lab.engine.system().writes().empty());
}

TEST_CASE("nothing is tried while the host is frozen", "[engine][certify][freeze]") {
    Laboratory lab;
    lab.freeze();
    const Certification done = lab.certify("");
    CHECK(done.exit == Exit::refused);
    CHECK(done.trials.empty());
    REQUIRE(done.problems.size() == 1);
    CHECK(done.problems.front().message == "frozen: trading");
}

TEST_CASE("what is being tried when the host is frozen is taken back, and the rest is not tried",
          "[engine][certify][freeze]") {
    // Each trial asks before, in between and after.
    const std::size_t moment = GENERATE(1U, 2U, 3U, 4U, 5U, 6U);
    Laboratory lab;
    lab.freezes_at = moment;
    const Certification done = lab.certify("");
    INFO(moment << "\n" << text_of(done));
    CHECK(difference(lab.before, lab.host) == no_difference);
    CHECK(lab.engine.status().state == HostState::clean);
    CHECK(done.exit == Exit::refused);
    REQUIRE(done.problems.size() == 1);
    CHECK(done.problems.front().message == "the rest is not tried: frozen: trading");
    CHECK(done.succeeded() <= 2);
    CHECK(std::ranges::none_of(done.trials, [](const Trial& trial) {
        return trial.message.contains("frozen") || trial.verdict == Verdict::not_restored;
    }));
    CHECK(std::ranges::any_of(done.trials, [](const Trial& trial) {
        return trial.verdict == Verdict::not_tried && trial.message == "was not reached";
    }));
}
