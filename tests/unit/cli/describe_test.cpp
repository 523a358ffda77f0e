#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

Answers with_keys() {
    Answers answers;
    answers.keys = {{.name = "nic.mtu",
                     .section = "[nic.NAME]",
                     .accepts = "a whole number of bytes from 68 to 65535",
                     .impact = "bounces",
                     .summary = "Largest packet.",
                     .aliases = {}},
                    {.name = "nic.features.tx-tcp-segmentation",
                     .section = "[nic.NAME]",
                     .accepts = "true or false",
                     .impact = {},
                     .summary = "Segments in hardware.",
                     .aliases = "features.tso"},
                    {.name = "cpu.governor",
                     .section = "[cpu]",
                     .accepts = "performance or powersave",
                     .impact = {},
                     .summary = "Frequency policy.",
                     .aliases = {}}};
    return answers;
}

}  // namespace

TEST_CASE("describe tells all about a setting", "[cli][describe]") {
    Answers answers = with_keys();
    const Printed printed = nanotune::test::nanotune(answers, {"describe", "nic.mtu"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("Largest packet.") && Contains("[nic.NAME]") &&
                                Contains("from 68 to 65535") && Contains("--allow bounces"));
}

TEST_CASE("describe finds a setting by its alias and by a beginning", "[cli][describe]") {
    Answers answers = with_keys();
    const auto name =
        GENERATE(as<std::string>{}, "nic.features.tso", "nic.features", "features.tso");
    const Printed printed = nanotune::test::nanotune(answers, {"describe", name});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("tx-tcp-segmentation"));
}

TEST_CASE("describe tells of several settings, each once, and of all that are none",
          "[cli][describe]") {
    Answers answers = with_keys();
    const Printed printed =
        nanotune::test::nanotune(answers, {"describe", "cpu.governor", "nic.mtu", "cpu.governor"});
    CHECK(printed.status == 0);
    CHECK(printed.out.find("Frequency policy.") < printed.out.find("Largest packet."));
    CHECK(printed.out.find("Frequency policy.") == printed.out.rfind("Frequency policy."));
    const Printed wrong =
        nanotune::test::nanotune(answers, {"describe", "cpu.govenor", "nic.mtu", "nic.mtuu"});
    CHECK(wrong.status == 1);
    CHECK(wrong.out.empty());
    CHECK_THAT(wrong.error,
               Contains("did you mean cpu.governor?") && Contains("did you mean nic.mtu?"));
}

TEST_CASE("describe of an unknown setting gives the nearest name", "[cli][describe]") {
    Answers answers = with_keys();
    const Printed printed = nanotune::test::nanotune(answers, {"describe", "cpu.govenor"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("\"cpu.govenor\"; did you mean cpu.governor?"));
}

TEST_CASE("describe tells of a setting that only the host knows", "[cli][describe]") {
    Answers answers = with_keys();
    answers.undeclared_key = KeyInfo{.name = "sysctl.net.core.dev_weight_new",
                                     .section = "[sysctl]",
                                     .accepts = "text",
                                     .impact = {},
                                     .summary = "A sysctl that only the host knows.",
                                     .aliases = {}};
    const Printed printed =
        nanotune::test::nanotune(answers, {"describe", "sysctl.net.core.dev_weight_new"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("only the host knows") && Contains("[sysctl]"));
}

TEST_CASE("describe of what must not be set says why", "[cli][describe]") {
    Answers answers = with_keys();
    answers.undeclared_key = failure(ErrorCode::refused, "vm.drop_caches is an action");
    const Printed printed =
        nanotune::test::nanotune(answers, {"describe", "sysctl.vm.drop_caches"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("vm.drop_caches is an action"));
}

TEST_CASE("help is a document too where one is asked for", "[cli][help]") {
    Answers answers;
    const auto words = GENERATE(as<std::vector<std::string>>{},
                                std::vector<std::string>{"plan", "--help", "--json"},
                                std::vector<std::string>{"--help", "--json"});
    const Printed printed = nanotune::test::nanotune(answers, words);
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Catch::Matchers::StartsWith("{") && Contains("usage: nanotune"));
}

TEST_CASE("describe of a bare name says which settings end with it", "[cli][describe]") {
    Answers answers;
    for (const char* name : {"nic.mtu", "nic.ring.rx", "nic.channels.rx"}) {
        answers.keys.emplace_back().name = name;
    }
    CHECK_THAT(nanotune::test::nanotune(answers, {"describe", "mtu"}).error,
               Contains("no setting is called \"mtu\"; there is nic.mtu"));
    CHECK_THAT(nanotune::test::nanotune(answers, {"describe", "rx"}).error,
               Contains("there is nic.ring.rx and nic.channels.rx"));
}

TEST_CASE("list shows one plugin's settings", "[cli][list]") {
    Answers answers = with_keys();
    const Printed printed = nanotune::test::nanotune(answers, {"list", "cpu"});
    CHECK(printed.status == 0);
    CHECK_THAT(
        printed.out,
        Contains("cpu.governor") &&
            Contains("1 setting; more about one, for example: nanotune describe cpu.governor\n"));
    CHECK_THAT(printed.out, !Contains("nic.mtu"));
}

TEST_CASE("list of an unknown plugin names those there are", "[cli][list]") {
    Answers answers = with_keys();
    const Printed printed = nanotune::test::nanotune(answers, {"list", "nics"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.error, Contains("did you mean nic?") && Contains("nic and cpu"));
}

TEST_CASE("profile check prints every problem", "[cli][profile]") {
    Answers answers;
    answers.check = {{.message = "a.toml:1:1: one"}, {.message = "a.toml:2:1: two"}};
    const Printed printed = nanotune::test::nanotune(answers, {"profile", "check", "a.toml"});
    CHECK(printed.status == 1);
    CHECK(printed.error == "a.toml:1:1: one\na.toml:2:1: two\n");
}

TEST_CASE("what this host lacks of a profile is noted by profile check, and no fault",
          "[cli][profile]") {
    Answers answers;
    answers.plan.exit = Exit::refused;
    answers.plan.problems = {
        {.code = ErrorCode::not_found,
         .message = "a.toml:2:1: sysctl.net.none: the kernel has it not"},
        {.code = ErrorCode::denied, .message = "a.toml:3:1: sysctl.net.some: not for you"}};
    const Printed printed = nanotune::test::nanotune(answers, {"profile", "check", "a.toml"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("nothing is wrong with it"));
    CHECK(printed.error ==
          "note: this host does not have all of it: a.toml:2:1: sysctl.net.none: the kernel has it "
          "not\n");
    CHECK_THAT(nanotune::test::nanotune(answers, {"profile", "check", "a.toml", "--json"}).out,
               Contains("\"notes\": [\n    \"a.toml:2:1: sysctl.net.none"));
}

TEST_CASE("profile show prints the text as it is", "[cli][profile]") {
    Answers answers;
    answers.show = "[nic.eth0]\nmtu = 9000  # a.toml:2\n";
    CHECK(nanotune::test::nanotune(answers, {"profile", "show", "a"}).out == *answers.show);
    CHECK(nanotune::test::nanotune(answers, {"profile", "shwo", "a"}).status == 1);
}

TEST_CASE("capture prints a profile, or writes it", "[cli][capture]") {
    Answers answers;
    answers.capture = std::string("[sysctl]\n");
    CHECK(nanotune::test::nanotune(answers, {"capture"}).out == "[sysctl]\n");
    const Printed unwritable =
        nanotune::test::nanotune(answers, {"capture", "--out", "/nonexistent/profile.toml"});
    CHECK(unwritable.status == 1);
    CHECK_THAT(unwritable.error,
               Contains("--out /nonexistent/profile.toml: there is no folder /nonexistent"));
}

TEST_CASE("list and describe tell why a plugin is refused that they are asked about",
          "[cli][describe]") {
    Answers answers;
    answers.plugins = {{.name = "memory",
                        .file = "/p/memory.so",
                        .summary = {},
                        .refused = "/p/memory.so is cut off"}};
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"describe", "memory.swappiness"}, {"list", "memory"}}) {
        const Printed printed = nanotune::test::nanotune(answers, words);
        CHECK(printed.status == static_cast<int>(Exit::refused));
        CHECK_THAT(printed.error,
                   nanotune::test::Contains("plugin memory is refused: /p/memory.so is cut off"));
    }
}
