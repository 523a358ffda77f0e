// Trials of every setting on a fake host: what is certified, and what the others are called.
#include "laboratory.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("a setting that another program sees in force and as it was is certified",
          "[engine][certify]") {
    Laboratory lab;
    const Certification done = lab.certify("");
    INFO(text_of(done));
    const Trial trial = trial_of(done, "memory.swappiness");
    CHECK(trial.verdict == Verdict::certified);
    CHECK(trial.before == "60");
    CHECK(trial.tried == "30");
    CHECK(trial.witness == "sysctl --values vm/swappiness");
    CHECK(trial.said_before == "60");
    CHECK(trial.said == "30");
    CHECK(trial.said_after == "60");
    CHECK(difference(lab.before, lab.host) == no_difference);
    CHECK(lab.engine.status().state == HostState::clean);
    CHECK(done.succeeded() > 30);
}

TEST_CASE("every setting of a NIC is tried, those of its queues on all of them, and put back",
          "[engine][certify]") {
    Laboratory lab;
    const Certification done = lab.certify("eth0");
    INFO(text_of(done));
    CHECK(trial_of(done, "nic.rps.cpus").verdict == Verdict::certified);
    CHECK(trial_of(done, "nic.napi.defer_hard_irqs").verdict == Verdict::certified);
    CHECK(trial_of(done, "memory.swappiness").setting == "none");
    CHECK(done.problems.empty());
    CHECK(difference(lab.before, lab.host) == no_difference);
    CHECK(lab.engine.status().state == HostState::clean);
}

TEST_CASE("what no other program tells is kept, with the reason", "[engine][certify]") {
    Laboratory lab;
    const Trial trial = trial_of(lab.certify("eth0"), "nic.mtu");
    CHECK(trial.verdict == Verdict::kept);
    CHECK(trial.message == "ip is not installed");
    CHECK(trial.got == "1400");
}

TEST_CASE("a program that says something else contradicts the setting", "[engine][certify]") {
    Laboratory lab;
    lab.lies["vm/swappiness"] = "60";
    const Certification done = lab.certify("");
    const Trial trial = trial_of(done, "memory.swappiness");
    INFO(text_of(done));
    CHECK(trial.verdict == Verdict::contradicted);
    CHECK(trial.message == "sysctl says 60 of host, not 30");
    CHECK(done.exit == Exit::differs);
    CHECK(difference(lab.before, lab.host) == no_difference);
}

TEST_CASE("a program that says nothing after rollback takes nothing from what nanotune has seen",
          "[engine][certify]") {
    Laboratory lab;
    const Error hangs{.code = ErrorCode::timed_out, .message = "sysctl did not end within 10 s"};
    lab.changes.insert({"vm/swappiness", {.question = 3, .says = std::unexpected(hangs)}});
    const Certification done = lab.certify("");
    const Trial trial = trial_of(done, "memory.swappiness");
    INFO(text_of(done));
    CHECK(trial.said == "30");
    CHECK(trial.said_after.empty());
    CHECK(trial.verdict == Verdict::kept);
    CHECK(trial.message == "sysctl did not end within 10 s");
    CHECK(done.exit == Exit::as_wanted);
}

TEST_CASE("a program that says something else after rollback than before it is believed",
          "[engine][certify]") {
    Laboratory lab;
    lab.changes.insert({"vm/swappiness", {.question = 3, .says = "59"}});
    const Certification done = lab.certify("");
    const Trial trial = trial_of(done, "memory.swappiness");
    INFO(text_of(done));
    CHECK(trial.verdict == Verdict::not_restored);
    CHECK(trial.message ==
          "rolled back, sysctl --values vm/swappiness says 59 of host, and said 60 before");
    CHECK(done.exit == Exit::not_restored);
}

TEST_CASE("a value that a kernel refuses is followed by another, and then by its words",
          "[engine][certify]") {
    Laboratory lab;
    lab.host.refuse(std::string(swappiness), {.error = 22});
    const Certification done = lab.certify("");
    const Trial trial = trial_of(done, "memory.swappiness");
    INFO(text_of(done));
    CHECK(trial.verdict == Verdict::refused);
    CHECK(trial.message.contains("EINVAL"));
    CHECK(done.exit == Exit::differs);
    CHECK(std::ranges::count(lab.asked, "vm/swappiness") > 2);
    CHECK(lab.engine.status().state == HostState::clean);
}

TEST_CASE("a setting that the kernel keeps as it is is refused, not certified",
          "[engine][certify]") {
    Laboratory lab;
    lab.host.ignore_writes_to(std::string(swappiness));
    const Trial trial = trial_of(lab.certify(""), "memory.swappiness");
    INFO(trial.message);
    CHECK(trial.verdict == Verdict::refused);
}

TEST_CASE("of all CPUs only the last goes offline, and SMT is never forced off",
          "[engine][certify]") {
    FakeHost host = given::host();
    host.with_cpus({.sockets = 1, .cores = 2, .threads = 2});
    Laboratory lab(std::move(host));
    const Certification done = lab.certify("");
    INFO(text_of(done));
    CHECK(trial_of(done, "cpu.online").on == "cpu3");
    CHECK(trial_of(done, "cpu.smt").tried == "off");
    for (const std::string& write : lab.engine.system().writes()) {
        CHECK_FALSE(write.contains("forceoff"));
    }
    CHECK(difference(lab.before, lab.host) == no_difference);
}
