// What `nanotune prove` asks of a host before it measures anything.
#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::cli::Reach;

TEST_CASE("where something is to be settled first, prove measures nothing and says what",
          "[cli][prove]") {
    const auto refused = [](const HostStatus& status) {
        Answers answers;
        answers.status = status;
        const Printed printed = nanotune::test::nanotune(
            answers, {"prove", "feed", "--measure", "exit 9", "--settle", "0s", "--rounds", "9"});
        CHECK(answers.calls == std::vector<std::string>{"move_in", "status"});
        CHECK_THAT(printed.error, Contains("nothing was touched"));
        return printed;
    };
    HostStatus status;
    status.frozen = Frozen{.reason = "mode = \"observe\" at host.toml:1:1"};
    const Printed observed = refused(status);
    CHECK(observed.status == 1);
    CHECK_THAT(observed.error, Contains("this host is frozen: mode = \"observe\""));
    CHECK_FALSE(observed.error.contains("thaw"));
    status.frozen.reset();
    status.state = HostState::interrupted;
    status.interrupted = "an apply";
    const Printed cut_off = refused(status);
    CHECK_THAT(cut_off.error, Contains("an apply is interrupted here"));
    CHECK_THAT(cut_off.error, Contains("First: nanotune rollback --plan"));
    status.state = HostState::unknown;
    CHECK_THAT(refused(status).error, Contains("what is applied here cannot be seen"));
}

TEST_CASE("beside another nanotune that has the host to itself, nothing is looked at",
          "[cli][prove]") {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"prove", "feed", "--measure", "exit 9"},
          std::vector<std::string>{"certify", "--system"}}) {
        Answers answers;
        answers.move_in = failure(ErrorCode::busy, "held by nanotune (process 7: nanotune prove)");
        const Printed printed = nanotune::test::nanotune(answers, words);
        CHECK(answers.calls == std::vector<std::string>{"move_in"});
        CHECK(printed.status == 7);
        CHECK_THAT(printed.error,
                   Contains("held by nanotune (process 7: nanotune prove); nothing was touched"));
    }
}

TEST_CASE("where something is to be settled first, certify tries nothing and prints no table",
          "[cli][certify]") {
    const auto refused = [](const HostStatus& status, int wanted) {
        Answers answers;
        answers.status = status;
        const Printed printed = nanotune::test::nanotune(answers, {"certify", "--system"});
        CHECK(answers.calls == std::vector<std::string>{"move_in", "status"});
        CHECK(printed.status == wanted);
        CHECK(printed.out.empty());
        return printed.error;
    };
    HostStatus status;
    status.frozen = Frozen{.reason = "trading hours", .by = "0(root)"};
    CHECK_THAT(refused(status, 1),
               Contains("this host is frozen: trading hours") && Contains("First: nanotune thaw"));
    status.frozen.reset();
    status.state = HostState::awaiting_confirmation;
    status.is_guarded = true;
    CHECK_THAT(refused(status, 7), Contains("awaits confirmation") &&
                                       Contains("First: nanotune confirm, or nanotune rollback"));
}

TEST_CASE("a --measure without a command is refused by its name", "[cli][prove]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"prove", "feed", "--measure", " "});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("--measure names no command"));
}

TEST_CASE("prove works in its own process", "[cli][prove]") {
    Answers answers;
    CHECK_THAT(nanotune::test::nanotune(answers, {"prove", "feed", "--bus"}).error,
               Contains("--bus does not go with prove"));
    static_cast<void>(nanotune::test::nanotune(
        answers, {"prove", "feed", "--measure", "echo 1", "--rounds", "5"}));
    CHECK(answers.asked_options.reach == Reach::direct);
}
