#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using nanotune::test::Contains;

TEST_CASE("an unknown verb is refused with the nearest one", "[cli][arguments]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"aply", "hft"});
    CHECK(printed.status == 1);
    CHECK(printed.out.empty());
    CHECK_THAT(printed.error, Contains("\"aply\"") && Contains("did you mean apply?"));
}

TEST_CASE("an unknown option is refused with the nearest one", "[cli][arguments]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"apply", "hft", "--alow", "drops"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("--alow") && Contains("did you mean --allow?"));
    CHECK(answers.calls.empty());
}

TEST_CASE("an abbreviated option is not guessed", "[cli][arguments]") {
    Answers answers;
    CHECK(nanotune::test::nanotune(answers, {"apply", "hft", "--str"}).status == 1);
    CHECK(answers.calls.empty());
}

TEST_CASE("an option without its value is refused", "[cli][arguments]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"apply", "hft", "--allow"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("--allow"));
}

TEST_CASE("an option given twice is refused with both values", "[cli][arguments]") {
    Answers answers;
    const Printed printed =
        nanotune::test::nanotune(answers, {"plan", "hft", "--out", "a.json", "--out", "b.json"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("a.json") && Contains("b.json"));
}

TEST_CASE("a missing operand names what is missing", "[cli][arguments]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"plan"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("nanotune plan wants PROFILE"));
}

TEST_CASE("an operand too many is named", "[cli][arguments]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"status", "please"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("\"please\""));
}

TEST_CASE("options may stand before the verb", "[cli][arguments]") {
    Answers answers;
    const Printed printed =
        nanotune::test::nanotune(answers, {"--state-dir", "/tmp/state", "--json", "plan", "hft"});
    CHECK(printed.status == 0);
    CHECK(answers.asked_options.state_folder == "/tmp/state");
    CHECK_THAT(printed.out, StartsWith("{"));
}

TEST_CASE("a relative state folder is seen from the working folder", "[cli][arguments]") {
    Answers answers;
    cli::Surroundings surroundings;
    surroundings.working_folder = "/home/op";
    CHECK(nanotune::test::nanotune(answers, {"status", "--state-dir=state"}, surroundings).status ==
          0);
    CHECK(answers.asked_options.state_folder == "/home/op/state");
}

TEST_CASE("the state folder is /run/nanotune unless another is named", "[cli][arguments]") {
    Answers answers;
    CHECK(nanotune::test::nanotune(answers, {"status"}).status == 0);
    CHECK(answers.asked_options.state_folder == "/run/nanotune");
}

TEST_CASE("a wrong --colour is refused", "[cli][arguments]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"status", "--colour", "red"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("auto, always or never"));
}

TEST_CASE("argument errors are JSON when JSON is asked for", "[cli][arguments]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"apply", "hft", "--json", "--alow"});
    CHECK(printed.status == 1);
    CHECK(printed.error.empty());
    CHECK_THAT(printed.out, StartsWith("{") && Contains("\"exit\": 1") && Contains("--alow"));
}

TEST_CASE("without a verb the overview goes to standard error", "[cli][arguments]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("usage: nanotune"));
}

TEST_CASE("every verb has a help that fits 80 columns", "[cli][help]") {
    Answers answers;
    cli::Surroundings surroundings;
    surroundings.width = 80;
    const auto verb =
        GENERATE(as<std::string>{}, "plan", "apply", "confirm", "verify", "rollback", "status",
                 "capture", "list", "describe", "boot", "exec", "profile", "version", "help",
                 "history", "freeze", "thaw", "monitor", "topology", "doctor", "import", "certify",
                 "prove", "datapath", "bench", "schema");
    const Printed by_option = nanotune::test::nanotune(answers, {verb, "--help"}, surroundings);
    CHECK(by_option.status == 0);
    CHECK_THAT(by_option.out, StartsWith("nanotune " + verb + ": "));
    CHECK(nanotune::test::nanotune(answers, {"help", verb}, surroundings).out == by_option.out);
    std::string_view rest = by_option.out;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        INFO(line);
        CHECK(line.size() <= 80);
        rest.remove_prefix(line.size() + 1);
    }
}

TEST_CASE("the overview lists the verbs and hides the guard", "[cli][help]") {
    Answers answers;
    const Printed printed = nanotune::test::nanotune(answers, {"--help"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("rollback") && Contains("exit status"));
    CHECK_THAT(printed.out, !Contains("guard"));
}

TEST_CASE("a service that cannot be opened ends with the status of its reason", "[cli]") {
    Answers answers;
    answers.unopenable = Error{.code = ErrorCode::busy, .message = "process 12 holds the lock"};
    const Printed printed = nanotune::test::nanotune(answers, {"apply", "hft"});
    CHECK(printed.status == 7);
    CHECK(printed.error == "process 12 holds the lock\n");
}
