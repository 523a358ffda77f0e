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
        CHECK(answers.calls == std::vector<std::string>{"status"});
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

TEST_CASE("prove works in its own process", "[cli][prove]") {
    Answers answers;
    CHECK_THAT(nanotune::test::nanotune(answers, {"prove", "feed", "--bus"}).error,
               Contains("--bus does not go with prove"));
    static_cast<void>(nanotune::test::nanotune(
        answers, {"prove", "feed", "--measure", "echo 1", "--rounds", "5"}));
    CHECK(answers.asked_options.reach == Reach::direct);
}
