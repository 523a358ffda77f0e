// Trials of every setting on a fake host, with programs that look at it, or lie.
#include "engine/certify.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

FakeHost with_nic() {
    FakeHost host = given::plain_host();
    return host.with_nic("eth0", {.queues = 4}).with_sysctls();
}

/// What a program says from its n-th question on.
struct Change {
    std::ptrdiff_t question;
    Result<std::string> says;
};

/// `cat` and `sysctl` as they are; whatever else is asked is not installed.
struct Laboratory {
    explicit Laboratory(FakeHost given = with_nic())
        : host(std::move(given)), before(host), engine(host, folder.path()) {}

    Result<std::string> answer(const std::vector<std::string>& command) {
        asked.push_back(command.back());
        if (asked.size() == freezes_at) {
            freeze();
        }
        if (const auto change = changes.find(command.back());
            change != changes.end() &&
            std::ranges::count(asked, command.back()) >= change->second.question) {
            return change->second.says;
        }
        if (const auto told = lies.find(command.back()); told != lies.end()) {
            return told->second;
        }
        if (command.front() == "cat") {
            return engine.system().files().read(command.back());
        }
        if (command.front() == "sysctl") {
            return engine.system().files().read("/proc/sys/" + command.back());
        }
        return failure(ErrorCode::not_found, command.front() + " is not installed");
    }

    Certification certify(const CertifyRequest& request) {
        return Certify(
                   {.engine = engine.engine(),
                    .programs =
                        [this](const std::vector<std::string>& command) { return answer(command); },
                    .now = [this] { return Moment{.wall = {}, .since_boot = passed}; },
                    .cancelled = &cancelled,
                    .patience = std::chrono::milliseconds(0),
                    .may_write = [this] { return may_write; }},
                   request)
            .run();
    }

    Certification certify(const std::string& nic) {
        return certify(CertifyRequest{.nic = nic,
                                      .consent = Consent::from_words("all").value(),
                                      .limit = std::chrono::hours(1)});
    }

    void freeze() {
        const Error why{.code = ErrorCode::refused, .message = "frozen: trading"};
        may_write = std::unexpected(why);
        engine.freeze(why);
    }

    FakeHost host;
    const FakeHost before;
    const ScratchFolder folder;
    EngineOn engine;
    Status may_write;
    std::size_t freezes_at = 0;  ///< by when so many questions were asked; 0 for never
    std::map<std::string, std::string> lies;
    std::map<std::string, Change> changes;
    std::vector<std::string> asked;
    std::chrono::milliseconds passed{0};
    std::atomic<bool> cancelled = false;
};

Trial trial_of(const Certification& done, std::string_view setting) {
    const auto found = std::ranges::find(done.trials, setting, &Trial::setting);
    return found == done.trials.end()
               ? Trial{.setting = "none", .on = {}, .before = {}, .tried = {}, .got = {}}
               : *found;
}

std::string text_of(const Certification& done) {
    std::string text;
    for (const Trial& trial : done.trials) {
        text += trial.setting + " on " + trial.on + ": " + trial.before + " -> " + trial.tried +
                " (" + trial.got + "): " + std::string(name_of(trial.verdict)) + ": " +
                trial.message + "\n";
    }
    for (const Error& problem : done.problems) {
        text += "! " + problem.message + "\n";
    }
    return text;
}

}  // namespace

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
