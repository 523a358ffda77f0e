#include "cli/guard.hpp"

#include <filesystem>
#include <fstream>
#include <thread>

#include "fake_service.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

/// A guard at work in a thread, with the command's end of its line.
class GuardAtWork {
  public:
    explicit GuardAtWork(Answers& answers)
        : ends_(*GuardLine::pair()), source_(source_of(answers)), thread_([this] {
              result_ = keep_guard(ends_.second,
                                   {.deadline = std::chrono::seconds(60),
                                    .service = [this] { return source_({}); },
                                    .sleep = [&](std::chrono::seconds time) { slept_ = time; }});
          }) {
        CHECK(*ends_.first.hear(std::chrono::seconds(5)) == "ready");
    }

    void say(std::string_view word) const { CHECK(ends_.first.say(word).has_value()); }
    [[nodiscard]] std::optional<std::string> hear() const {
        return ends_.first.hear(std::chrono::seconds(5)).value_or(std::nullopt);
    }
    void hang_up() { const GuardLine gone = std::move(ends_.first); }
    Result<std::string> result() {
        thread_.join();
        return result_;
    }
    [[nodiscard]] std::chrono::seconds slept() const { return slept_; }

  private:
    std::pair<GuardLine, GuardLine> ends_;
    ServiceSource source_;
    Result<std::string> result_;
    std::chrono::seconds slept_{0};
    std::jthread thread_;
};

}  // namespace

TEST_CASE("a dismissed guard does nothing", "[cli][guard]") {
    Answers answers;
    answers.status.state = HostState::awaiting_confirmation;
    GuardAtWork guard(answers);
    guard.say("begun 42");
    guard.say("dismissed");
    CHECK(guard.result() == "");
    CHECK(answers.calls.empty());
}

TEST_CASE("a guard whose command died rolls its transaction back at once", "[cli][guard]") {
    Answers answers;
    answers.rollback.profile = "hft";
    GuardAtWork guard(answers);
    guard.say("begun 42");
    guard.hang_up();
    CHECK_THAT(*guard.result(), Contains("cut off: hft rolled back"));
    CHECK(guard.slept() == std::chrono::seconds(0));
    CHECK(answers.calls == std::vector<std::string>{"rollback"});
    CHECK(answers.asked_rollback.consent.bounces);
    CHECK(answers.asked_rollback.only == 42);
    CHECK_FALSE(answers.asked_rollback.all);
}

TEST_CASE("a guard whose command died before it began leaves the host alone", "[cli][guard]") {
    Answers answers;
    GuardAtWork guard(answers);
    guard.hang_up();
    CHECK(guard.result() == "");
    CHECK(answers.calls.empty());
}

TEST_CASE("an apply that nobody confirms is rolled back at the deadline", "[cli][guard]") {
    Answers answers;
    answers.rollback.profile = "hft";
    GuardAtWork guard(answers);
    guard.say("begun 42");
    guard.say("awaiting");
    guard.hang_up();
    CHECK_THAT(*guard.result(), Contains("nobody confirmed"));
    CHECK(guard.slept() == std::chrono::seconds(60));
    CHECK(answers.calls == std::vector<std::string>{"rollback"});
    CHECK(answers.asked_rollback.only == 42);
}

TEST_CASE("a guard keeps hold of what is recorded from the beginning", "[cli][guard]") {
    Answers answers;
    answers.rollback.profile = "hft";
    if (GENERATE(false, true)) {
        answers.hold_record = failure(ErrorCode::not_found, "no journal yet");
    }
    GuardAtWork guard(answers);
    guard.say("begun 42");
    guard.say("awaiting");
    CHECK_THAT(*guard.result(), Contains("nobody confirmed"));
    CHECK(answers.holds_record);
    CHECK(answers.asked_rollback.only == 42);
}

TEST_CASE("a command goes on once its guard keeps hold of what is recorded", "[cli][guard]") {
    Answers answers;
    answers.rollback.profile = "hft";
    GuardAtWork guard(answers);
    guard.say("begun 42");
    CHECK(guard.hear() == "holding");
    CHECK(answers.holds_record);
    guard.hang_up();
    CHECK_THAT(*guard.result(), Contains("cut off: hft rolled back"));
}

TEST_CASE("a guard whose rollback could not begin does not call it rolled back", "[cli][guard]") {
    Answers answers;
    answers.rollback.exit = Exit::lock_or_timeout;
    answers.rollback.problems = {Error(ErrorCode::busy, "the lock is held by another")};
    GuardAtWork guard(answers);
    guard.say("begun 42");
    guard.say("awaiting");
    const auto result = guard.result();
    REQUIRE_FALSE(result);
    CHECK(result.error().message ==
          "nobody confirmed, and it was not begun: the lock is held by another");
}

TEST_CASE("a guard that finds its apply confirmed says nothing", "[cli][guard]") {
    Answers answers;  // the rollback has found nothing to do
    GuardAtWork guard(answers);
    guard.say("begun 42");
    guard.say("awaiting");
    CHECK(guard.result() == "");
}

TEST_CASE("a guard that cannot read the journal does not take it as nothing to do",
          "[cli][guard]") {
    Answers answers;
    answers.rollback.state = HostState::unknown;
    answers.rollback.exit = Exit::refused;
    answers.rollback.problems = {{.code = ErrorCode::denied, .message = "open journal: denied"}};
    GuardAtWork guard(answers);
    guard.say("begun 42");
    guard.say("awaiting");
    const auto result = guard.result();
    REQUIRE_FALSE(result);
    CHECK_THAT(result.error().message,
               Contains("was not begun") && Contains("open journal: denied"));
}

TEST_CASE("the guard verb by hand is refused", "[cli][guard]") {
    Answers answers;
    const Printed printed =
        nanotune::test::nanotune(answers, {"guard", "--fd", "987", "--deadline", "5s"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("not by hand"));
}

namespace {

/// What an apply prints whose guard is killed once it has begun.
Printed applied_without_guard(Answers& answers, const std::vector<std::string>& words) {
    const ScratchFolder folder;
    const std::string gone = folder.path() + "/gone";
    Surroundings surroundings;
    surroundings.program = folder.path() + "/guard";
    std::ofstream(surroundings.program)
        << "#!/bin/sh\nprintf ready >&3\nexec 3>&-\n: > '" << gone << "'\n";
    std::filesystem::permissions(surroundings.program, std::filesystem::perms::owner_all);
    answers.apply.state = HostState::awaiting_confirmation;
    answers.apply.changed = true;
    answers.apply.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "1400", Outcome::changed)};
    answers.while_applying = [&gone] {
        for (int i = 0; i < 500 && !std::filesystem::exists(gone); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    };
    return nanotune::test::nanotune(answers, words, surroundings);
}

/// Of a service whose rollback restores one setting.
Answers answers_that_roll_back() {
    Answers answers;
    answers.rollback.profile = "hft";
    answers.rollback.rows = {row("nic.mtu", Target::nic("eth0"), "1400", "1500", Outcome::changed)};
    answers.rollback.changed = true;
    return answers;
}

}  // namespace

TEST_CASE("what is rolled back for want of a guard is not reported as changed", "[cli][guard]") {
    Answers answers = answers_that_roll_back();
    const Printed printed =
        applied_without_guard(answers, {"apply", "hft", "--confirm", "60s", "--json"});
    INFO(printed.out << printed.error);
    CHECK(printed.status == 4);
    CHECK_THAT(printed.out, Contains("\"changed\": false") && Contains("\"before\": \"1400\"") &&
                                !Contains("\"before\": \"1500\""));
}

TEST_CASE("what was recovered before the guard was lost is still reported as changed",
          "[cli][guard]") {
    Answers answers = answers_that_roll_back();
    answers.apply.has_recovered = true;
    const Printed printed =
        applied_without_guard(answers, {"apply", "hft", "--confirm", "60s", "--json"});
    INFO(printed.out << printed.error);
    CHECK(printed.status == 4);
    CHECK_THAT(printed.out, Contains("\"changed\": true"));
}

TEST_CASE("an apply whose guard was killed and that cannot be rolled back keeps its rows",
          "[cli][guard]") {
    Answers answers;
    answers.rollback.exit = Exit::lock_or_timeout;
    answers.rollback.state = HostState::awaiting_confirmation;
    answers.rollback.problems = {{.code = ErrorCode::busy, .message = "another is at work"}};
    const Printed printed =
        applied_without_guard(answers, {"apply", "hft", "--confirm", "60s", "--json"});
    INFO(printed.out << printed.error);
    CHECK(printed.status == 5);
    CHECK_THAT(printed.out, Contains("\"changed\": true") && Contains("\"before\": \"1500\"") &&
                                Contains("another is at work") &&
                                Contains("could not be rolled back at once") &&
                                !Contains("killed: rolled back"));
}

TEST_CASE("an apply that was confirmed before its guard was missed is reported as applied",
          "[cli][guard]") {
    Answers answers;
    answers.status.state = HostState::tuned;
    answers.status.profile = "hft";
    answers.rollback.state = HostState::tuned;
    answers.rollback.notes = {"nothing awaits confirmation any more; nothing is rolled back"};
    const Printed printed =
        applied_without_guard(answers, {"apply", "hft", "--confirm", "60s", "--json"});
    INFO(printed.out << printed.error);
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("\"changed\": true") && Contains("\"before\": \"1500\"") &&
                                Contains("\"state\": \"tuned\"") &&
                                Contains("is confirmed since") && !Contains("rolled back at once"));
}

TEST_CASE("an apply that somebody rolled back before its guard was missed is not called applied",
          "[cli][guard]") {
    Answers answers;
    answers.status.profile = "base";
    answers.rollback.state = HostState::tuned;
    const Printed printed =
        applied_without_guard(answers, {"apply", "hft", "--confirm", "60s", "--json"});
    INFO(printed.out << printed.error);
    CHECK(printed.status == 4);
    CHECK_THAT(printed.out, Contains("\"changed\": false") && Contains("\"rows\": []") &&
                                Contains("somebody else has rolled back") &&
                                !Contains("rolled back at once"));
}

TEST_CASE("a host that is restored for want of a guard, but not on record, is called restored",
          "[cli][guard]") {
    Answers answers;
    answers.rollback.profile = "hft";
    answers.rollback.exit = Exit::rolled_back;
    answers.rollback.problems = {{.code = ErrorCode::io, .message = "could not be recorded"}};
    const Printed printed =
        applied_without_guard(answers, {"apply", "hft", "--confirm", "60s", "--json"});
    INFO(printed.out << printed.error);
    CHECK(printed.status == 4);
    CHECK_THAT(printed.out, Contains("\"changed\": false") && Contains("could not be recorded"));
}
