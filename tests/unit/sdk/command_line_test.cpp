// The kernel command line: read as the kernel does, changed without disturbing the rest.
#include <nanotune/command_line.hpp>

#include "support/catch.hpp"

using namespace nanotune;

namespace {

using Values = std::vector<std::string>;

std::string merged(std::string_view line, const std::vector<WantedParameter>& wanted) {
    return CommandLine::from(line).merged(wanted).text();
}

}  // namespace

TEST_CASE("words are separated by any white space, and the last value counts", "[command_line]") {
    const auto line = CommandLine::from("  quiet\tmitigations=auto  mitigations=off\n");
    CHECK(line.has("quiet"));
    CHECK_FALSE(line.has("qui"));
    CHECK(line.values_of("mitigations") == Values{"auto", "off"});
    CHECK(line.value_of("mitigations") == "off");
    CHECK(line.values_of("quiet") == Values{""});
    CHECK(line.values_of("nosmt").empty());
    CHECK(line.text() == "quiet mitigations=auto mitigations=off");
}

TEST_CASE("quotes hold a value together and do not belong to it", "[command_line]") {
    const auto line = CommandLine::from(R"(dyndbg="file a.c +p; file b.c +p" "opt=a b" x=1)");
    CHECK(line.value_of("dyndbg") == "file a.c +p; file b.c +p");
    CHECK(line.value_of("opt") == "a b");
    CHECK(line.value_of("x") == "1");
    CHECK(line.text() == R"(dyndbg="file a.c +p; file b.c +p" "opt=a b" x=1)");
}

TEST_CASE("a quote that is never closed reaches to the end", "[command_line]") {
    const auto line = CommandLine::from("a=\"b c d");
    CHECK(line.value_of("a") == "b c d");
    CHECK(line.text() == "a=\"b c d");
    CHECK(merged("quiet a=\"b c d", {{.key = "nosmt"}}) == "quiet nosmt a=\"b c d");
    CHECK(merged("quiet a=\"b c d", {{.key = "a", .value = "b"}, {.key = "nosmt"}}) ==
          "quiet a=b nosmt");
}

TEST_CASE("what follows two dashes belongs to init", "[command_line]") {
    const auto line = CommandLine::from("quiet -- nosmt  --flag");
    CHECK_FALSE(line.has("nosmt"));
    CHECK(line.text() == "quiet -- nosmt  --flag");
    CHECK(merged("quiet -- nosmt", {{.key = "nosmt"}}) == "quiet nosmt -- nosmt");
    CHECK(CommandLine::from("quoted=\"--\" nosmt").has("nosmt"));
}

TEST_CASE("dashes and underscores in a key are the same, in a value they are not",
          "[command_line]") {
    const auto line = CommandLine::from("rcu-nocbs=2-3");
    CHECK(line.value_of("rcu_nocbs") == "2-3");
    CHECK(merged("rcu-nocbs=2-3 quiet", {{.key = "rcu_nocbs", .value = "2"}}) ==
          "rcu_nocbs=2 quiet");
    CHECK(merged("rcu-nocbs=2-3 quiet", {{.key = "rcu_nocbs", .value = "2-3"}}) ==
          "rcu-nocbs=2-3 quiet");
}

TEST_CASE("a conflicting value is replaced where it stands", "[command_line]") {
    CHECK(merged("root=/dev/sda1 nohz_full=1 quiet", {{.key = "nohz_full", .value = "2-3"}}) ==
          "root=/dev/sda1 nohz_full=2-3 quiet");
}

TEST_CASE("no parameter stands twice after a merge", "[command_line]") {
    CHECK(merged("idle=halt quiet idle=nomwait idle=poll", {{.key = "idle", .value = "poll"}}) ==
          "idle=poll quiet");
}

TEST_CASE("a parameter that is missing is added at the end", "[command_line]") {
    CHECK(merged("quiet", {{.key = "skew_tick", .value = "1"}, {.key = "nosoftlockup"}}) ==
          "quiet skew_tick=1 nosoftlockup");
    CHECK(merged("", {{.key = "nosmt"}}) == "nosmt");
}

TEST_CASE("a line that has everything stays as it is", "[command_line]") {
    const std::string line = R"(BOOT_IMAGE=/vmlinuz a="b c" isolcpus=managed_irq,2-3 nosmt -- x)";
    CHECK(merged(line, {{.key = "isolcpus", .value = "2-3"}, {.key = "nosmt"}}) == line);
    CHECK(merged(line, {}) == line);
}

TEST_CASE("a bare word is content with a stronger form of it", "[command_line]") {
    CHECK(merged("nosmt=force", {{.key = "nosmt"}}) == "nosmt=force");
}

TEST_CASE("of several forms of a bare word the strongest stays, where the first stood",
          "[command_line]") {
    const auto [line, whole] =
        GENERATE(table<std::string, std::string>({{"nosmt quiet nosmt=force", "nosmt=force quiet"},
                                                  {"nosmt=force quiet nosmt", "nosmt=force quiet"},
                                                  {"nosmt=0 quiet nosmt", "nosmt quiet"},
                                                  {"nosmt quiet nosmt=off nosmt=0", "nosmt quiet"},
                                                  {"nosmt=0 nosmt=0 quiet", "nosmt quiet"},
                                                  {"nosmt quiet nosmt", "nosmt quiet"}}));
    CHECK(merged(line, {{.key = "nosmt"}}) == whole);
    CHECK(merged(whole, {{.key = "nosmt"}}) == whole);
}

TEST_CASE("an unwanted parameter goes wherever it stands", "[command_line]") {
    CHECK(merged("nosmt quiet nosmt=force", {{.key = "nosmt", .value = {}, .present = false}}) ==
          "quiet");
}

TEST_CASE("a value with spaces is quoted", "[command_line]") {
    CHECK(merged("", {{.key = "dyndbg", .value = "file a.c +p"}}) == R"(dyndbg="file a.c +p")");
    CHECK(CommandLine::from(merged("", {{.key = "dyndbg", .value = "file a.c +p"}}))
              .value_of("dyndbg") == "file a.c +p");
}

TEST_CASE("consoles are added to, never replaced", "[command_line]") {
    CHECK(merged("console=tty0 quiet", {{.key = "console", .value = "ttyS0"}}) ==
          "console=tty0 quiet console=ttyS0");
    CHECK(merged("console=tty0 console=ttyS0", {{.key = "console", .value = "tty0"}}) ==
          "console=tty0 console=ttyS0");
}

TEST_CASE("isolcpus keeps its flags while its list changes, and its list while they do",
          "[command_line]") {
    CHECK(merged("isolcpus=managed_irq,domain,1 quiet", {{.key = "isolcpus", .value = "2-3"}}) ==
          "isolcpus=managed_irq,domain,2-3 quiet");
    CHECK(merged("isolcpus=2-3", {{.key = "isolcpus_flags", .value = "managed_irq,domain"}}) ==
          "isolcpus=managed_irq,domain,2-3");
    CHECK(merged("quiet", {{.key = "isolcpus_flags", .value = "nohz"},
                           {.key = "isolcpus", .value = "2"}}) == "quiet isolcpus=nohz,2");
    CHECK(merged("isolcpus=nohz,2 quiet", {{.key = "isolcpus", .value = "", .present = false}}) ==
          "quiet");
    CHECK(merged("quiet", {{.key = "isolcpus_flags", .value = "nohz"}}) == "quiet");
}

TEST_CASE("isolcpus is flags and a list", "[command_line]") {
    const auto parts = IsolatedCpus::from("managed_irq,domain,2-3,8");
    CHECK(parts.flags == Values{"managed_irq", "domain"});
    CHECK(parts.cpus == "2-3,8");
    CHECK(parts.text() == "managed_irq,domain,2-3,8");
    CHECK(IsolatedCpus::from("2-3").flags.empty());
    CHECK(IsolatedCpus::from("").cpus.empty());
}

TEST_CASE("sizes and counts of huge pages stay pairs", "[command_line]") {
    const std::vector<WantedParameter> wanted = {{.key = "hugepagesz", .value = "1G"},
                                                 {.key = "hugepages", .value = "16"}};
    CHECK(merged("quiet", wanted) == "quiet hugepagesz=1G hugepages=16");
    CHECK(merged("hugepagesz=1G hugepages=4 quiet", wanted) == "hugepagesz=1G hugepages=16 quiet");
    CHECK(merged("hugepagesz=2M hugepages=9 quiet hugepagesz=1G hugepages=4", wanted) ==
          "hugepagesz=1G hugepages=16 quiet");
    CHECK(merged("hugepagesz=1G hugepages=16", wanted) == "hugepagesz=1G hugepages=16");
}

TEST_CASE("several sizes of huge pages are wanted in one value", "[command_line]") {
    CHECK(merged("", {{.key = "hugepagesz", .value = "1G 2M"},
                      {.key = "hugepages", .value = "4 512"}}) ==
          "hugepagesz=1G hugepages=4 hugepagesz=2M hugepages=512");
}

TEST_CASE("a count without a size is one of the default size and comes first", "[command_line]") {
    CHECK(merged("default_hugepagesz=1G hugepages=4", {{.key = "hugepages", .value = "8"}}) ==
          "default_hugepagesz=1G hugepages=8");
    CHECK(merged("hugepages=3 hugepagesz=1G hugepages=4", {{.key = "hugepages", .value = "5 6"}}) ==
          "hugepages=5 hugepagesz=1G hugepages=6");
}

TEST_CASE("a merge is stable: merging again changes nothing", "[command_line]") {
    const std::vector<WantedParameter> wanted = {{.key = "isolcpus", .value = "2-3"},
                                                 {.key = "isolcpus_flags", .value = "managed_irq"},
                                                 {.key = "hugepages", .value = "4 512"},
                                                 {.key = "hugepagesz", .value = "1G 2M"},
                                                 {.key = "console", .value = "ttyS0"},
                                                 {.key = "nosmt"},
                                                 {.key = "quiet", .value = {}, .present = false}};
    const std::string once = merged("quiet root=/dev/sda idle=poll console=tty0", wanted);
    CHECK(once ==
          "root=/dev/sda idle=poll console=tty0 isolcpus=managed_irq,2-3 hugepagesz=1G "
          "hugepages=4 hugepagesz=2M hugepages=512 console=ttyS0 nosmt");
    CHECK(merged(once, wanted) == once);
}

TEST_CASE("settings become parameters by their domain", "[command_line]") {
    const Tunable bare{.name = "nosmt", .domain = flag()};
    const Tunable list{.name = "nohz_full", .domain = cpu_list()};
    const Tunable words{.name = "idle", .domain = text()};
    CHECK_FALSE(parameter_of(bare, true).value);
    CHECK(parameter_of(bare, true).present);
    CHECK_FALSE(parameter_of(bare, false).present);
    CHECK(parameter_of(list, CpuSet::range(2, 3)).value == "2-3");
    CHECK_FALSE(parameter_of(list, CpuSet{}).present);
    CHECK(parameter_of(words, std::string("poll")).value == "poll");
    CHECK_FALSE(parameter_of(words, std::string()).present);
}
