// What is wrong with a profile: all of it, each at its place, with the word that was meant.
#include "given_catalog.hpp"
#include "given_profile.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using Messages = std::vector<std::string>;

namespace {

Messages problems(std::string text, std::vector<Override> overrides = {}) {
    return given::resolution(std::move(text), std::move(overrides)).messages();
}

}  // namespace

TEST_CASE("a refused plugin is told with its reason where a profile needs it", "[bad input]") {
    Catalog catalog = given::catalog();
    catalog.refuse("hello", "/p/hello.so is cut off: 10 of at least 20 bytes");
    const auto result = resolved(given::profile({{"host.toml", "[hello]\ngroup = 10\n"}}), catalog);
    REQUIRE_FALSE(result);
    REQUIRE(result.error().size() == 1);
    CHECK(result.error().front().message ==
          "host.toml:1:2: [hello]: its plugin is refused: /p/hello.so is cut off: 10 of at least "
          "20 bytes");
    CHECK(catalog.setting("hello.group").error().message ==
          "the plugin of hello.group is refused: /p/hello.so is cut off: 10 of at least 20 "
          "bytes");
}

TEST_CASE("an unknown table names the nearest plugin", "[bad input]") {
    CHECK(problems("[nik.eth0]\nmtu = 1500\n") ==
          Messages{"host.toml:1:2: [nik]: there is no plugin of that name; did you mean nic?"});
    CHECK(problems("[var]\nx = \"1\"\n") ==
          Messages{"host.toml:1:2: [var]: there is no plugin of that name; did you mean vars?"});
}

TEST_CASE("an unknown key names the nearest key", "[bad input]") {
    CHECK(problems("[nic.eth0]\ncoalesce.rx_usec = 0\n") ==
          Messages{"host.toml:2:10: nic has no setting coalesce.rx_usec; did you mean "
                   "coalesce.rx_usecs?"});
    CHECK(problems("[nic.eth0]\nmtu = { value = 1500, optionl = true }\n") ==
          Messages{"host.toml:2:23: mtu: a value can be { value = ..., optional = true, at_least "
                   "= true, drift = ... }, without optionl; did you mean optional?"});
}

TEST_CASE("a wrong type and a value out of range say what would be right", "[bad input]") {
    CHECK(problems("[nic.eth0]\nmtu = 90000\ncoalesce.adaptive_rx = \"off\"\n") ==
          Messages{"host.toml:2:7: nic.mtu: expected a whole number from 68 to 65536, not "
                   "90000",
                   "host.toml:3:24: nic.coalesce.adaptive_rx: expected true or false, not "
                   "\"off\""});
    CHECK(
        problems("[cpu]\ngovernor = 3\n") ==
        Messages{"host.toml:2:12: cpu.governor: expected performance, powersave or schedutil, not "
                 "3"});
    CHECK(problems("[nic.eth0]\nmtu = {}\nfeatures = true\n") ==
          Messages{"host.toml:3:1: nic has no setting features; did you mean features.tso?"});
}

TEST_CASE("an unknown variable names the nearest", "[bad input]") {
    CHECK(problems("[vars]\nfeeds = [\"eth0\"]\n[nic.\"${feed}\"]\nmtu = 1500\n") ==
          Messages{"host.toml:3:6: there is no variable feed; did you mean feeds?"});
    CHECK(problems("[irq.eth0]\ncpus = \"${cpus.irqs}\"\n") ==
          Messages{"host.toml:2:8: there is no variable cpus.irqs; did you mean cpus.irq?"});
    CHECK(problems("[cpu]\ngovernor = \"${x\"\n") ==
          Messages{"host.toml:2:12: ${x has no closing brace"});
}

TEST_CASE("an override of what does not exist names the nearest", "[bad input]") {
    CHECK(problems("[vars]\nfeeds = [\"eth0\"]\n", {{"feds", "eth1"}, {"cpus.irg", "1"}}) ==
          Messages{"--set feds=eth1: there is no variable feds; did you mean feeds?",
                   "--set cpus.irg=1: there is no variable cpus.irg; did you mean cpus.irq?"});
}

TEST_CASE("an unknown word of a CPU expression names the nearest", "[bad input]") {
    CHECK(problems("[irq.eth0]\ncpus = \"isolatd\"\n") ==
          Messages{"host.toml:2:8: irq.cpus: isolatd is neither a CPU list nor one of "
                   "housekeeping, irq, datapath, isolated, online, numa(DEVICE) and siblings(CPU); "
                   "did you mean isolated?"});
    CHECK(
        problems("[cpus]\nirq = \"siblings(x)\"\ndatapath = \"numa(eth0)\"\n") ==
        Messages{"host.toml:2:1: cpus.irq: siblings(x) needs the number of one CPU",
                 "host.toml:3:1: cpus.datapath: numa(eth0) cannot stand in [cpus]; \"auto\" takes "
                 "the CPUs near the NIC"});
}

TEST_CASE("an unknown match key names the nearest", "[bad input]") {
    CHECK(problems("[nic.fast]\nmatch = { drivr = \"ice\" }\nmtu = 1500\n"
                   "[cpu]\nwhen = { unit = \"a\" }\nsmt = \"off\"\n") ==
          Messages{"host.toml:2:11: match has no key drivr; did you mean driver?",
                   "host.toml:5:10: when has no key unit"});
}

TEST_CASE("a section that cannot select says why", "[bad input]") {
    CHECK(problems("[process.feed]\npolicy = \"fifo\"\n") ==
          Messages{"host.toml:1:10: [process.feed] needs match = { ... } with unit, exe, comm, "
                   "user, kthread or cgroup: the word after process is only a label"});
    CHECK(problems("[cpu.idel]\ngovernor = \"performance\"\n").size() == 1);
    CHECK(problems("[cpu]\nmatch = { name = \"a\" }\nsmt = \"off\"\n") ==
          Messages{"host.toml:2:1: match selects devices or processes; cpu has neither"});
}

TEST_CASE("an unknown column of a row names the nearest", "[bad input]") {
    CHECK(
        problems("[process.feed]\nmatch = { comm = \"feed\" }\n"
                 "threads = [{ name = \"a\", prioritty = 3 }, { priority = 100 }, 7]\n") ==
        Messages{"host.toml:3:38: process.threads: there is no key prioritty; did you mean "
                 "priority?",
                 "host.toml:3:56: process.threads.priority: expected a whole number from 1 to 99, "
                 "not 100",
                 "host.toml:3:63: process.threads: expected a list of tables with the keys name, "
                 "cpus, policy, priority, not 7 in it"});
}

TEST_CASE("a key that must not be set says why", "[bad input]") {
    CHECK(problems("[sysctl]\n\"vm.drop_caches\" = 3\n") ==
          Messages{"host.toml:2:1: vm.drop_caches is an action, not a setting"});
}

TEST_CASE("a contradiction names both lines", "[bad input]") {
    CHECK(
        problems("[vars]\nfeeds = [\"eth0\", \"eth1\"]\n[nic.\"${feeds}\"]\nmtu = 1500\n"
                 "[nic.eth1]\nmtu = 9000\n") ==
        Messages{"host.toml:6:1: nic.mtu of eth1 has another value at host.toml:4:1; one file can "
                 "give it only one"});
}

TEST_CASE("two names for one kernel object contradict each other", "[bad input]") {
    CHECK(problems("[memory]\nswappiness = 10\n[sysctl]\n\"vm.swappiness\" = 60\n") ==
          Messages{"host.toml:4:1: memory.swappiness has another value at host.toml:2:1 "
                   "(vm.swappiness is its alias); one file can give it only one"});
    CHECK(problems("[memory]\nswappiness = 10\n[sysctl]\n\"vm.swappiness\" = 10\n").empty());
    CHECK(problems("[nic.eth0]\nfeatures.tso = false\nfeatures.tx-tcp6-segmentation = true\n") ==
          Messages{"host.toml:3:10: nic.features.tx-tcp6-segmentation of eth0 has another value at "
                   "host.toml:2:10; one file can give it only one"});
}

TEST_CASE("a setting cannot be set and unset in one place", "[bad input]") {
    CHECK(problems("[nic.eth0]\nmtu = 1500\nunset = [\"mtu\"]\n").size() == 1);
    CHECK(problems("[nic.eth0]\nunset = [\"mtv\", 3]\n") ==
          Messages{"host.toml:2:10: unset: nic has no setting mtv; did you mean mtu?",
                   "host.toml:2:17: unset: a key is expected, not 3"});
}

TEST_CASE("all problems of all files are told in one go, in the order of files and lines",
          "[bad input]") {
    const auto given = given::resolution(
        {{"host.toml",
          "[profile]\nextends = [\"base.toml\"]\n[nic.eth0]\nmtu = 1\nmtuu = 2\n[nope]\n"},
         {"base.toml", "[vars]\nx = 1\n[cpu]\ngovernor = \"${y}\"\nsmt = \"maybe\"\n"}});
    const Messages messages = given.messages();
    REQUIRE(messages.size() == 6);
    CHECK(messages[0].starts_with("base.toml:2:1: "));
    CHECK(messages[1].starts_with("base.toml:4:12: "));
    CHECK(messages[2].starts_with("base.toml:5:7: "));
    CHECK(messages[3].starts_with("host.toml:4:7: "));
    CHECK(messages[4].starts_with("host.toml:5:1: "));
    CHECK(messages[5].starts_with("host.toml:6:2: "));
}

TEST_CASE("one mistake in a section for many devices is told once", "[bad input]") {
    CHECK(problems("[vars]\nfeeds = [\"eth0\", \"eth1\"]\n[nic.\"${feeds}\"]\nmtu = 1\n").size() ==
          1);
}

TEST_CASE("of very many problems the first hundred are told, and that there are more",
          "[bad input]") {
    std::string text = "[nic.eth0]\n";
    for (int i = 0; i < 2'000; ++i) {
        text += "key" + std::to_string(i) + " = 0\n";
    }
    const Messages told = problems(text);
    REQUIRE(told.size() == 101);
    CHECK(told.front().starts_with("host.toml:2:1: nic has no setting key0"));
    CHECK(told.back() == "there is more that is wrong, which is told once some of this is mended");
}
