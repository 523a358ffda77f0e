#include "cli/guard.hpp"

#include <thread>

#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::test;
using Catch::Matchers::Contains;

namespace {

/// A guard at work in a thread, with the command's end of its line.
class GuardAtWork {
  public:
    explicit GuardAtWork(
        Answers& answers, std::function<void()> while_asleep = [] {})
        : ends_(*GuardLine::pair()),
          source_(source_of(answers)),
          thread_([this, while_asleep = std::move(while_asleep)] {
              result_ = keep_guard(ends_.second, {.deadline = std::chrono::seconds(60),
                                                  .service = [this] { return source_({}); },
                                                  .sleep =
                                                      [&](std::chrono::seconds time) {
                                                          slept_ = time;
                                                          while_asleep();
                                                      }});
          }) {
        CHECK(*ends_.first.hear(std::chrono::seconds(5)) == "ready");
    }

    void say(std::string_view word) { CHECK(ends_.first.say(word).has_value()); }
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
    guard.say("dismissed");
    CHECK(guard.result() == "");
    CHECK(answers.calls.empty());
}

TEST_CASE("a guard whose command died rolls an open transaction back at once", "[cli][guard]") {
    Answers answers;
    answers.status.state = HostState::interrupted;
    answers.status.profile = "hft";
    GuardAtWork guard(answers);
    guard.hang_up();
    CHECK_THAT(*guard.result(), Contains("cut off"));
    CHECK(guard.slept() == std::chrono::seconds(0));
    CHECK(answers.calls == std::vector<std::string>{"status", "rollback"});
    CHECK(answers.asked_rollback.consent.bounces);
    CHECK_FALSE(answers.asked_rollback.all);
}

TEST_CASE("a guard whose command died before its first write leaves the host alone",
          "[cli][guard]") {
    Answers answers;
    answers.status.state = GENERATE(HostState::clean, HostState::tuned);
    GuardAtWork guard(answers);
    guard.hang_up();
    CHECK(guard.result() == "");
    CHECK(answers.calls == std::vector<std::string>{"status"});
}

TEST_CASE("an apply that nobody confirms is rolled back at the deadline", "[cli][guard]") {
    Answers answers;
    answers.status.state = HostState::awaiting_confirmation;
    answers.status.confirm_by = "2026-01-01T00:01:00Z";
    GuardAtWork guard(answers);
    guard.say("awaiting 2026-01-01T00:01:00Z");
    guard.hang_up();
    CHECK_THAT(*guard.result(), Contains("nobody confirmed"));
    CHECK(guard.slept() == std::chrono::seconds(60));
    CHECK(answers.calls == std::vector<std::string>{"status", "rollback"});
}

TEST_CASE("a confirmed apply stays", "[cli][guard]") {
    Answers answers;
    answers.status.state = HostState::awaiting_confirmation;
    answers.status.confirm_by = "T";
    GuardAtWork guard(answers, [&answers] {
        answers.status.state = HostState::tuned;
        answers.status.confirm_by.clear();
    });
    guard.say("awaiting T");
    CHECK(guard.result() == "");
    CHECK(answers.calls == std::vector<std::string>{"status"});
}

TEST_CASE("a guard leaves a later apply to that one's own guard", "[cli][guard]") {
    Answers answers;
    answers.status.state = HostState::awaiting_confirmation;
    answers.status.confirm_by = "2026-01-01T00:05:00Z";
    GuardAtWork guard(answers);
    guard.say("awaiting 2026-01-01T00:01:00Z");
    CHECK(guard.result() == "");
    CHECK(answers.calls == std::vector<std::string>{"status"});
}

TEST_CASE("the guard verb by hand is refused", "[cli][guard]") {
    Answers answers;
    const Printed printed =
        nanotune::test::nanotune(answers, {"guard", "--fd", "987", "--deadline", "5s"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("not by hand"));
}
