// What must be confirmed, and what becomes of it when nobody does and the guard has gone.
#include <cerrno>
#include <csignal>
#include <filesystem>

#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr auto low_swap = "[memory]\nswappiness = 10\n";

ApplyRequest within(std::chrono::seconds time, std::uint64_t* id = nullptr) {
    ApplyRequest request = apply_request();
    request.confirm_within = time;
    request.begins = [id](std::uint64_t number) -> Status {
        if (id != nullptr) {
            *id = number;
        }
        return {};
    };
    return request;
}

RollbackRequest only(std::uint64_t id) {
    RollbackRequest request = rollback_request();
    request.only = id;
    return request;
}

}  // namespace

TEST_CASE_METHOD(PlainScene,
                 "what nobody confirmed in time is overdue, and can no longer be confirmed",
                 "[engine][confirm]") {
    REQUIRE(engine.apply(low_swap, within(std::chrono::seconds(60))).state ==
            HostState::awaiting_confirmation);
    engine.pass(std::chrono::seconds(59));
    CHECK(engine.status().state == HostState::awaiting_confirmation);
    engine.pass(std::chrono::seconds(1));

    const HostStatus status = engine.status();
    CHECK(status.state == HostState::overdue);
    REQUIRE(status.notes.size() == 1);
    CHECK(status.notes[0].contains("the next apply or rollback takes it back"));
    const Report confirmed = engine.confirm();
    INFO(text_of(confirmed));
    CHECK(confirmed.exit == Exit::refused);
    CHECK(confirmed.problems.at(0).message.contains("had to be confirmed by 2026-01-01T00:01:00Z"));
    const Report verified = engine.verify();
    CHECK(verified.state == HostState::overdue);
    CHECK(verified.exit == Exit::differs);
    CHECK(host.text(swappiness) == "10");
}

TEST_CASE_METHOD(PlainScene, "a clock that is set moves no deadline", "[engine][confirm]") {
    REQUIRE(engine.apply(low_swap, within(std::chrono::seconds(60))).exit == Exit::as_wanted);
    CHECK(engine.status().confirm_by == "2026-01-01T00:01:00Z");
    SECTION("forwards") {
        engine.step_clock(std::chrono::hours(1));
        CHECK(engine.status().state == HostState::awaiting_confirmation);
        CHECK(engine.status().confirm_by == "2026-01-01T01:01:00Z");
        CHECK(engine.confirm().exit == Exit::as_wanted);
    }
    SECTION("backwards") {
        engine.step_clock(-std::chrono::hours(1));
        engine.pass(std::chrono::seconds(60));
        CHECK(engine.status().state == HostState::overdue);
        CHECK(engine.confirm().exit == Exit::refused);
    }
}

TEST_CASE_METHOD(PlainScene, "a profile does not verify while what it set is overdue",
                 "[engine][confirm]") {
    REQUIRE(engine.apply(low_swap, within(std::chrono::seconds(60))).exit == Exit::as_wanted);
    CHECK(engine.verify(low_swap).exit == Exit::as_wanted);
    engine.pass(std::chrono::minutes(2));
    const Report verified = engine.verify(low_swap);
    INFO(text_of(verified));
    CHECK(verified.state == HostState::overdue);
    CHECK(verified.exit == Exit::differs);
    CHECK(text_of(verified).contains("nobody did"));
}

TEST_CASE_METHOD(PlainScene, "the next apply takes an overdue one back first",
                 "[engine][confirm]") {
    REQUIRE(engine.apply(low_swap, within(std::chrono::seconds(60))).exit == Exit::as_wanted);
    engine.pass(std::chrono::minutes(2));

    const Report report = engine.apply("[memory]\ndirty_ratio = 5\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.state == HostState::tuned);
    CHECK(text_of(report).contains("nobody did"));
    CHECK(host.text(swappiness) == "60");
    CHECK(engine.status().applies == 1);
}

TEST_CASE_METHOD(PlainScene,
                 "an apply that fails after it took an overdue one back says that the host changed",
                 "[engine][confirm]") {
    REQUIRE(engine.apply(low_swap, within(std::chrono::seconds(60))).exit == Exit::as_wanted);
    engine.pass(std::chrono::minutes(2));
    host.refuse("/proc/sys/vm/dirty_ratio", {.error = EINVAL});

    const Report report = engine.apply("[memory]\ndirty_ratio = 5\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(report.changed);
    CHECK(report.has_recovered);
    CHECK(host.text(swappiness) == "60");
}

TEST_CASE_METHOD(PlainScene,
                 "a saved plan that recovery made untrue is refused with what was taken back",
                 "[engine][confirm]") {
    REQUIRE(engine.apply(low_swap, within(std::chrono::seconds(60))).exit == Exit::as_wanted);
    engine.pass(std::chrono::minutes(2));
    ApplyRequest request = apply_request();
    request.expected_plan = fingerprint_of(engine.planned("[memory]\nswappiness = 20\n"));

    const Report report = engine.apply("[memory]\nswappiness = 20\n", request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    CHECK(report.changed);
    CHECK(report.state == HostState::clean);
    CHECK(text_of(report).contains("every old value is restored: memory.swappiness on host"));
    CHECK_FALSE(text_of(report).contains("nothing was touched"));
    CHECK(host.text(swappiness) == "60");
}

TEST_CASE("a rollback of everything that is refused takes nothing back", "[engine][confirm]") {
    FakeHost host = given::plain_host().with_nic("eth0");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[nic.eth0]\nmtu = 1400\n").exit == Exit::as_wanted);
    REQUIRE(engine
                .apply("[nic.eth0]\nmtu = 1400\n[memory]\nswappiness = 10\n",
                       within(std::chrono::seconds(60)))
                .exit == Exit::as_wanted);
    engine.pass(std::chrono::minutes(2));
    RollbackRequest request = rollback_request();
    request.all = true;
    request.consent = {};

    const Report report = engine.rollback(request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::consent_missing);
    CHECK_FALSE(report.changed);
    CHECK(row_at(report, "nic.mtu", Target::nic("eth0")).outcome == Outcome::refused);
    CHECK(host.text(swappiness) == "10");
    request.all = false;
    CHECK(engine.rollback(request).exit == Exit::as_wanted);
    CHECK(host.text(swappiness) == "60");
}

TEST_CASE_METHOD(PlainScene, "what recovery restores is told while it does", "[engine][confirm]") {
    REQUIRE(engine.apply(low_swap, within(std::chrono::seconds(60))).exit == Exit::as_wanted);
    engine.pass(std::chrono::minutes(2));
    std::string told;
    const ProgressSink sink = [&told](const Progress& now) { told += now.doing + "\n"; };
    SECTION("by an apply") {
        ApplyRequest request = apply_request();
        request.progress = sink;
        REQUIRE(engine.apply("[memory]\ndirty_ratio = 5\n", request).exit == Exit::as_wanted);
    }
    SECTION("by a rollback") {
        RollbackRequest request = rollback_request();
        request.progress = sink;
        REQUIRE(engine.rollback(request).exit == Exit::as_wanted);
    }
    CHECK(told.contains("memory.swappiness"));
}

TEST_CASE_METHOD(PlainScene, "rollback takes an overdue apply back, and nothing before it",
                 "[engine][confirm]") {
    REQUIRE(engine.apply("[memory]\ndirty_ratio = 5\n").exit == Exit::as_wanted);
    REQUIRE(engine.apply(low_swap, within(std::chrono::seconds(60))).exit == Exit::as_wanted);
    engine.pass(std::chrono::minutes(2));

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.state == HostState::tuned);
    CHECK(host.text(swappiness) == "60");
    CHECK(host.text("/proc/sys/vm/dirty_ratio") == "5");
}

TEST_CASE_METHOD(PlainScene, "the time to confirm counts from the end of a slow apply",
                 "[engine][confirm]") {
    engine.system().before_write([&](unsigned) { engine.pass(std::chrono::seconds(45)); });
    REQUIRE(engine.apply(low_swap, within(std::chrono::seconds(60))).exit == Exit::as_wanted);
    engine.pass(std::chrono::seconds(30));
    CHECK(engine.status().state == HostState::awaiting_confirmation);
    CHECK(engine.confirm().exit == Exit::as_wanted);
}

TEST_CASE_METHOD(PlainScene, "an old guard never rolls a newer transaction back",
                 "[engine][confirm]") {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    REQUIRE(engine.apply(low_swap, within(std::chrono::seconds(60), &first)).exit ==
            Exit::as_wanted);
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    std::filesystem::remove_all(folder.path());  // even where the journal was lost in between
    engine.pass(std::chrono::seconds(1));
    REQUIRE(engine.apply(low_swap, within(std::chrono::seconds(60), &second)).exit ==
            Exit::as_wanted);
    CHECK(first != second);

    const Report none = engine.rollback(only(first));
    INFO(text_of(none));
    CHECK(none.exit == Exit::as_wanted);
    CHECK_FALSE(none.changed);
    CHECK(host.text(swappiness) == "10");
    const Report own = engine.rollback(only(second));
    CHECK(own.exit == Exit::as_wanted);
    CHECK(host.text(swappiness) == "60");
}

TEST_CASE_METHOD(PlainScene, "an apply whose guard cannot be told touches nothing",
                 "[engine][confirm]") {
    ApplyRequest request = apply_request();
    request.confirm_within = std::chrono::seconds(60);
    request.begins = [](std::uint64_t) { return failure(ErrorCode::io, "the guard is gone"); };
    const Report report = engine.apply(low_swap, request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    CHECK(report.state == HostState::clean);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("status tells whether somebody watches over what awaits confirmation",
          "[engine][confirm]") {
    FakeHost host = given::plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    ApplyRequest request = within(std::chrono::seconds(60));
    SECTION("by a guard that lives") {
        request.guard = ::getpid();
        REQUIRE(engine.apply(low_swap, request).exit == Exit::as_wanted);
        CHECK(engine.status().is_guarded);
        CHECK(engine.status().notes.empty());
        engine.pass(std::chrono::seconds(60));
        CHECK(engine.status().notes.at(0).contains("its guard is at work"));
    }
    SECTION("by nobody, as its guard was killed and not even buried") {
        const pid_t guard = ::fork();
        if (guard == 0) {
            ::pause();
            ::_exit(0);
        }
        request.guard = guard;
        REQUIRE(engine.apply(low_swap, request).exit == Exit::as_wanted);
        CHECK(engine.status().is_guarded);
        REQUIRE(::kill(guard, SIGKILL) == 0);
        siginfo_t ended{};
        REQUIRE(::waitid(P_PID, static_cast<id_t>(guard), &ended, WEXITED | WNOWAIT) == 0);
        const HostStatus status = engine.status();
        CHECK_FALSE(status.is_guarded);
        CHECK(status.state == HostState::awaiting_confirmation);
        CHECK(status.notes.at(0).contains("nobody rolls it back"));
        ::waitpid(guard, nullptr, 0);
        CHECK_FALSE(engine.status().is_guarded);
        engine.with_daemon(DaemonHere::installed);
        CHECK(engine.status().notes.at(0).contains("but nanotuned, once it is started"));
        CHECK_FALSE(engine.status().is_guarded);
        engine.with_daemon(DaemonHere::running);  // it takes back what others applied, too
        CHECK(engine.status().is_guarded);
        CHECK(engine.status().notes.empty());
        engine.pass(std::chrono::seconds(60));
        CHECK(engine.status().notes.at(0).contains("its guard is at work"));
        engine.with_daemon(DaemonHere::installed);
        CHECK(engine.status().notes.at(0).contains("and so does nanotuned once it is started"));
        engine.with_daemon(DaemonHere::none);
        CHECK(engine.status().notes.at(0).contains("its guard has gone"));
    }
}
