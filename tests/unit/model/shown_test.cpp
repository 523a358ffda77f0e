// The merged profile written down: readable, and the same profile when it is read back.
#include "given_profile.hpp"
#include "support/catch.hpp"

using namespace nanotune;

namespace {

void check_reads_back(const given::Resolution& given) {
    const std::string text = shown(given.profile());
    INFO(text);
    const auto again = given::resolution(text);
    REQUIRE(again.messages().empty());
    CHECK(again.profile().hash == given.profile().hash);
    CHECK(again.profile().summary == given.profile().summary);
}

}  // namespace

TEST_CASE("every value is shown with the line that it comes from", "[shown]") {
    const auto given = given::resolution(
        {{"host.toml",
          "[profile]\nextends = [\"base.toml\"]\nsummary = \"A \\\"host\\\"\"\n"
          "[nic.eth0]\nmtu = 9000\n[cpus]\nirq = \"1\"\n"},
         {"base.toml",
          "[nic.eth0]\nmtu = 1500\ncoalesce.rx_usecs = \"0us\"\n[sysctl]\n"
          "\"net/ipv4/conf/eth0.100/rp_filter\" = { value = 0, optional = true }\n"}},
        {{"cpus.datapath", "2-3"}});
    CHECK(shown(given.profile()) ==
          "[profile]\n"
          "summary = \"A \\\"host\\\"\"\n"
          "\n"
          "[cpus]\n"
          "irq = \"1\"  # host.toml:7\n"
          "datapath = \"2-3\"  # --set cpus.datapath=2-3\n"
          "\n"
          "[nic.eth0]  # base.toml:1\n"
          "coalesce.rx_usecs = \"0us\"  # base.toml:3\n"
          "mtu = 9000  # host.toml:5\n"
          "\n"
          "[sysctl]  # base.toml:4\n"
          "\"net/ipv4/conf/eth0.100/rp_filter\" = { value = \"0\", optional = true }  # "
          "base.toml:5\n");
    check_reads_back(given);
}

TEST_CASE("whatever a profile holds reads back", "[shown]") {
    check_reads_back(given::resolution(""));
    check_reads_back(given::resolution(
        "[profile]\non_failure = \"keep\"\nforbid = [\"drops\", \"clock\"]\nsummary = "
        "\"tab\\tquote\\\" back\\\\slash\"\n"
        "[vars]\nfeeds = [\"eth0\", \"enp*\"]\n"
        "[cpus]\nhousekeeping = \"0\"\ndatapath = \"auto\"\nisolated = \"${cpus.datapath}\"\n"
        "[cpu]\nsmt = \"off\"\nwake_latency = \"unlimited\"\n"
        "[cpu.\"${cpus.datapath},3\"]\ngovernor = \"performance\"\n[cpu.\"1-2\"]\ngovernor = "
        "\"powersave\"\n"
        "[nic.\"${feeds}\"]\nfeatures.tso = false\nrps.cpus = \"isolated\"\n"
        "[nic.fast]\nmatch = { driver = \"mlx5_core\", numa_node = 0 }\nwhen = { kind = \"vf\" }\n"
        "mtu = { value = 9000, optional = true }\n"
        "[process.feed]\nmatch = { unit = \"feed.service\" }\nwhen = \"always\"\n"
        "threads = [{ name = \"rx-*\", cpus = \"${cpus.datapath}\", policy = \"fifo\", priority = "
        "80 }, { name = \"\\\"odd\\\"\", cpus = [0, 1] }]\n"
        "[boot]\nisolcpus = \"managed_irq,${cpus.datapath}\"\nnohz_full = \"2-3\"\n"));
}

TEST_CASE("keys that would collide as TOML are quoted", "[shown]") {
    check_reads_back(
        given::resolution("[sysctl]\n\"net.a\" = 1\n\"net.a.b\" = 2\n\"net.ab\" = 3\n"
                          "\"net.a-b\" = 4\n"));
}

TEST_CASE("an order of layers that ranks do not tell is written down", "[shown]") {
    const auto given =
        given::resolution({{"host",
                            "[profile]\nextends = [\"base\"]\n[nic]\nmtu = 1500\nunset = "
                            "[\"coalesce.rx_usecs\"]\n[nic.\"e*\"]\ncoalesce.adaptive_rx = true\n"},
                           {"base",
                            "[nic.eth0]\nmtu = 9000\ncoalesce.rx_usecs = 0\nfeatures.tso = true\n"
                            "[nic.\"et*\"]\ncoalesce.adaptive_rx = false\n"}});
    const std::string text = shown(given.profile());
    INFO(text);
    CHECK(text.contains("layers = { \"mtu\" = 1, \"coalesce.rx_usecs\" = 1 }"));
    CHECK(text.contains("layers = { \"coalesce.adaptive_rx\" = 1 }"));
    check_reads_back(given);
    const auto again = given::resolution(text);
    std::size_t whole_layer = 0;
    std::size_t named_layer = 0;
    for (const ResolvedSection& section : again.profile().sections) {
        for (const ResolvedSetting& setting : section.settings) {
            if (setting.key == "mtu") {
                (section.selector.text.empty() ? whole_layer : named_layer) = section.layer;
            }
        }
    }
    CHECK(whole_layer > named_layer);
}

TEST_CASE("a group and its replaced member keep their order", "[shown]") {
    check_reads_back(given::resolution(
        {{"host",
          "[profile]\nextends = [\"base\"]\n[nic.eth0]\nfeatures.tx-tcp6-segmentation = "
          "true\n"},
         {"base", "[nic.eth0]\nfeatures.tso = false\n"}}));
}

TEST_CASE("what is shown can be extended like any file", "[shown]") {
    const std::string base =
        shown(given::resolution({{"b", "[profile]\nextends = [\"a\"]\n[nic]\nmtu = 1500\n"},
                                 {"a", "[nic.eth0]\nmtu = 9000\n"}})
                  .profile());
    const auto given = given::resolution(
        {{"host", "[profile]\nextends = [\"base\"]\n[nic.eth0]\nmtu = 4000\n"}, {"base", base}});
    CHECK(given.section("nic", "eth0").layer > given.section("nic").layer);
    CHECK(given.section("nic", "eth0").settings.front().value == Value(std::int64_t{4000}));
}
