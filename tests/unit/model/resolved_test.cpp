// Sections, keys and values, against a catalog.
#include "given_profile.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using Kind = SectionSelector::Kind;

TEST_CASE("a value belongs to its setting's domain", "[resolved]") {
    const auto given = given::resolution(
        "[nic.eth0]\nmtu = 9000\ncoalesce.rx_usecs = \"20us\"\n"
        "[sysctl]\n\"net.core.rmem_max\" = \"8MiB\"\n[cpu]\nwake_latency = \"unlimited\"\n");
    CHECK(given.setting("mtu").value == Value(std::int64_t{9000}));
    CHECK(given.setting("coalesce.rx_usecs").value == Value(std::int64_t{20}));
    CHECK(given.setting("net.core.rmem_max").value == Value(std::int64_t{8} * 1024 * 1024));
    CHECK(given.setting("wake_latency").value == Value(std::string("unlimited")));
    CHECK(given.setting("mtu").origin.text() == "host.toml:2:1");
}

TEST_CASE("a word below the plugin is a selector unless it begins a key", "[resolved]") {
    const auto given = given::resolution(
        "[nic]\nmtu = 1500\n[nic.coalesce]\nadaptive_rx = false\n[nic.eth0]\nmtu = 9000\n");
    const ResolvedSection& whole = given.section("nic");
    CHECK(whole.selector.kind == Kind::whole);
    REQUIRE(whole.settings.size() == 2);
    CHECK(whole.settings[1].key == "coalesce.adaptive_rx");
    CHECK(given.section("nic", "eth0").selector.kind == Kind::name);
}

TEST_CASE("groups are dotted keys or one inline table", "[resolved]") {
    const auto dotted =
        given::resolution("[nic.eth0]\ncoalesce.rx_usecs = 0\ncoalesce.adaptive_rx = false\n");
    const auto inlined =
        given::resolution("[nic.eth0]\ncoalesce = { rx_usecs = 0, adaptive_rx = false }\n");
    const auto table =
        given::resolution("[nic.eth0.coalesce]\nrx_usecs = 0\nadaptive_rx = false\n");
    CHECK(dotted.profile().hash == inlined.profile().hash);
    CHECK(dotted.profile().hash == table.profile().hash);
}

TEST_CASE("selectors are names, globs, labels with match, and numbers", "[resolved]") {
    const auto given = given::resolution(
        "[nic.\"enp3s*\"]\nmtu = 1500\n"
        "[nic.mellanox]\nmatch = { driver = \"mlx5_core\", numa_node = 0 }\nmtu = 1500\n"
        "[cpu.\"2-3\"]\ngovernor = \"performance\"\n"
        "[cpu.1]\ngovernor = \"powersave\"\n");
    CHECK(given.section("nic", "enp3s*").selector.kind == Kind::glob);
    const SectionSelector& label = given.section("nic", "mellanox").selector;
    CHECK(label.kind == Kind::match);
    CHECK(label.match == std::vector<std::pair<std::string, std::string>>{{"driver", "mlx5_core"},
                                                                          {"numa_node", "0"}});
    CHECK(given.section("cpu", "2-3").selector.ids == CpuSet::range(2, 3));
    CHECK(given.section("cpu", "1").selector.ids == CpuSet::of(1));
}

TEST_CASE("a device's table whose word is a glob is for those names, whatever else it matches",
          "[resolved]") {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    const auto given = given::resolution(
        "[nic.\"feed*\"]\nmatch = { kind = \"any\" }\nmtu = 1500\n"
        "[nic.\"*\"]\nmatch = { kind = \"vf\" }\nmtu = 1500\n"
        "[nic.\"lab*\"]\nmatch = { name = \"enp*\" }\nmtu = 1500\n");
    CHECK(given.section("nic", "feed*").selector.match ==
          Pairs{{"kind", "any"}, {"name", "feed*"}});
    CHECK(given.section("nic", "*").selector.match == Pairs{{"kind", "vf"}});
    CHECK(given.section("nic", "lab*").selector.match == Pairs{{"name", "enp*"}});
}

TEST_CASE("sysctl keys are one name, however they are nested", "[resolved]") {
    const auto quoted =
        given::resolution("[sysctl]\n\"net.core.rmem_max\" = 4096\n\"kernel.nmi_watchdog\" = 0\n");
    const auto nested = given::resolution(
        "[sysctl]\nnet.core.rmem_max = 4096\n[sysctl.kernel]\nnmi_watchdog = 0\n");
    CHECK(quoted.profile().hash == nested.profile().hash);
    const auto slashes = given::resolution("[sysctl]\n\"net/ipv4/conf/eth0.100/rp_filter\" = 0\n");
    CHECK(slashes.setting("net/ipv4/conf/eth0.100/rp_filter").value == Value(std::string("0")));
}

TEST_CASE("a setting may be optional", "[resolved]") {
    const auto given = given::resolution(
        "[nic.eth0]\nmtu = { value = 9000, optional = true }\nfeatures.tso = false\n"
        "[nic]\nmtu = { value = 1500 }\n");
    const ResolvedSection& eth0 = given.section("nic", "eth0");
    CHECK(eth0.settings[0].optional);
    CHECK(eth0.settings[0].value == Value(std::int64_t{9000}));
    CHECK_FALSE(eth0.settings[1].optional);
    CHECK_FALSE(given.section("nic").settings[0].optional);
}

TEST_CASE("one alias can stand for several settings", "[resolved]") {
    const auto given = given::resolution("[nic.eth0]\nfeatures.tso = false\n");
    const ResolvedSetting& tso = given.setting("features.tso");
    REQUIRE(tso.settings.size() == 2);
    CHECK(tso.settings[0].full_name() == "nic.features.tx-tcp-segmentation");
    CHECK(tso.settings[1].full_name() == "nic.features.tx-tcp6-segmentation");
}

TEST_CASE("a process section is a label with match, and its threads are rows", "[resolved]") {
    const auto given = given::resolution(
        "[cpus]\ndatapath = \"2-3\"\n[process.feed]\nmatch = { unit = \"feed.service\" }\n"
        "when = \"always\"\nthreads = [{ name = \"rx-*\", cpus = \"${cpus.datapath}\", policy = "
        "\"fifo\", priority = 80 }, { name = \"log\" }]\n");
    const ResolvedSection& feed = given.section("process", "feed");
    CHECK(feed.selector.kind == Kind::match);
    CHECK(feed.selector.when.empty());
    CHECK(given.setting("when").value == Value(std::string("always")));
    const ResolvedSetting& threads = given.setting("threads");
    REQUIRE(threads.rows.size() == 2);
    REQUIRE(threads.rows[0].columns.size() == 4);
    CHECK(threads.rows[0].columns[0].value == Value(std::string("rx-*")));
    CHECK_FALSE(threads.rows[0].columns[1].value.has_value());
    CHECK(threads.rows[0].columns[1].expression == "datapath");
    CHECK(threads.rows[0].columns[3].value == Value(std::int64_t{80}));
}

TEST_CASE("`when` limits any section, a process's too", "[resolved]") {
    const auto given = given::resolution(
        "[cpu]\nwhen = { driver = \"ice\" }\nsmt = \"off\"\n"
        "[process.feed]\nmatch = { comm = \"feed\" }\nwhen = { driver = \"ice\" }\npolicy = "
        "\"rr\"\n");
    const std::vector<std::pair<std::string, std::string>> ice = {{"driver", "ice"}};
    CHECK(given.section("cpu").selector.when == ice);
    CHECK(given.section("process", "feed").selector.when == ice);
}

TEST_CASE("a CPU expression waits for the host, a list of numbers does not", "[resolved]") {
    const auto given = given::resolution(
        "[nic.eth0]\nrps.cpus = \"0-1\"\n[nic.eth1]\nrps.cpus = \"isolated,numa(eth0)\"\n"
        "[irq.eth0]\ncpus = \"${cpus.irq}\"\n[cpu.\"${cpus.datapath}\"]\nwake_latency = 0\n"
        "[boot]\nisolcpus = \"managed_irq,domain,${cpus.datapath}\"\n");
    CHECK(given.section("nic", "eth0").settings[0].value == Value(CpuSet::range(0, 1)));
    CHECK(given.section("nic", "eth1").settings[0].expression == "isolated,numa(eth0)");
    CHECK(given.section("irq", "eth0").settings[0].expression == "irq");
    CHECK(given.section("cpu", "datapath").selector.expression == "datapath");
    CHECK(given.setting("isolcpus").expression == "managed_irq,domain,${cpus.datapath}");
    CHECK_FALSE(given.setting("isolcpus").value.has_value());
}

TEST_CASE("what the profile says of itself comes from its last file", "[resolved]") {
    const auto given = given::resolution(
        {{"host", "[profile]\nextends = [\"base\"]\nsummary = \"host\"\nforbid = [\"clock\"]\n"},
         {"base",
          "[profile]\nsummary = \"base\"\non_failure = \"keep\"\nforbid = [\"bounces\", "
          "\"clock\"]\n"}});
    CHECK(given.profile().summary == "host");
    CHECK_FALSE(given.profile().keep_on_failure);
    CHECK(given.profile().forbidden == std::vector{Impact::bounces_link, Impact::disturbs_clock});
}
