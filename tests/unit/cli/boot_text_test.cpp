#include "cli/boot_text.hpp"

#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

constexpr std::string_view line =
    "BOOT_IMAGE=/vmlinuz root=UUID=12 ro quiet dyndbg=\"file a +p\" isolcpus=2-3";

}

TEST_CASE("the plain form is the whole line", "[cli][boot]") {
    CHECK(boot_text(line, BootForm::plain) == line);
}

TEST_CASE("the grub form leaves out what GRUB adds and escapes for its shell", "[cli][boot]") {
    CHECK(boot_text(line, BootForm::grub) ==
          "GRUB_CMDLINE_LINUX=\"quiet dyndbg=\\\"file a +p\\\" isolcpus=2-3\"\n"
          "GRUB_CMDLINE_LINUX_DEFAULT=\"\"");
}

TEST_CASE("the bls form keeps the root file system", "[cli][boot]") {
    CHECK(boot_text(line, BootForm::bls) ==
          "options root=UUID=12 ro quiet dyndbg=\"file a +p\" isolcpus=2-3");
}

TEST_CASE("boot takes the applied profile when none is named", "[cli][boot]") {
    Answers answers;
    answers.command_line = std::string(line);
    const Printed none = nanotune::test::nanotune(answers, {"boot"});
    CHECK(none.status == 1);
    CHECK_THAT(none.error, Contains("none is named"));
    answers.status.profile = "hft";
    CHECK(nanotune::test::nanotune(answers, {"boot"}).out == std::string(line) + "\n");
    CHECK(answers.profile().name == "hft");
}

TEST_CASE("boot of the applied profile has the overrides that it was applied with", "[cli][boot]") {
    Answers answers;
    answers.status.profile = "hft";
    answers.status.overrides = {{.name = "cpus.datapath", .value = "2-3"},
                                {.name = "pages", .value = "4"}};
    CHECK(nanotune::test::nanotune(answers, {"boot"}).status == 0);
    CHECK(answers.profile().overrides == answers.status.overrides);
    CHECK(nanotune::test::nanotune(answers, {"boot", "--set", "pages=8"}).status == 0);
    REQUIRE(answers.profile().overrides.size() == 3);
    CHECK(answers.profile().overrides.back() == Override{.name = "pages", .value = "8"});
    CHECK(nanotune::test::nanotune(answers, {"boot", "hft"}).status == 0);
    CHECK(answers.profile().overrides.empty());
}

TEST_CASE("an unknown boot format is refused", "[cli][boot]") {
    Answers answers;
    CHECK(nanotune::test::nanotune(answers, {"boot", "hft", "--format", "lilo"}).status == 1);
}
