// nanotune version, and the plugins that it could not load.
#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

TEST_CASE("a plugin that is refused is named once with its reason, and the others are listed",
          "[cli][version]") {
    Answers answers;
    answers.plugins = {{.name = "cpu",
                        .file = "/p/cpu.so",
                        .summary = {},
                        .refused = "/p/cpu.so is no shared object"},
                       {.name = "nic", .file = "/p/nic.so", .summary = "NICs", .refused = {}}};
    const Printed printed = nanotune::test::nanotune(answers, {"version"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("nic     NICs     /p/nic.so"));
    CHECK(printed.error == "plugin cpu is refused: /p/cpu.so is no shared object\n");
}

TEST_CASE("a folder of plugins that cannot be used is said, and version ends with 1",
          "[cli][version]") {
    Answers answers;
    answers.unopenable = Error{.code = ErrorCode::not_found, .message = "/p: No such file"};
    const Printed printed = nanotune::test::nanotune(answers, {"version"});
    CHECK(printed.status == 1);
    CHECK_THAT(printed.out, Contains("nanotune "));
    CHECK(printed.error == "no plugin is loaded: /p: No such file\n");
    const Printed json = nanotune::test::nanotune(answers, {"version", "--json"});
    CHECK(json.status == 1);
    CHECK_THAT(json.out, Contains("\"exit\": 1") && Contains("/p: No such file"));
}

TEST_CASE("a folder without plugins is named", "[cli][version]") {
    Answers answers;
    const Printed printed =
        nanotune::test::nanotune(answers, {"version", "--plugin-dir", "/empty"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("/empty holds no plugins."));
}
