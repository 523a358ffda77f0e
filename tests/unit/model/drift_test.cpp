// What a profile says of changes that others make: for all of it, a section, a setting.
#include "given_profile.hpp"
#include "model/drift_policy.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using Messages = std::vector<std::string>;

TEST_CASE("a setting's own word comes before its section's, and that before the profile's",
          "[drift]") {
    const auto given = given::resolution(
        "[profile]\ndrift = \"repair\"\n"
        "[nic.eth0]\ndrift = \"yield\"\ncoalesce.rx_usecs = 0\n"
        "mtu = { value = 1500, drift = \"warn\" }\n"
        "[cpu]\nwake_latency = \"unlimited\"\n");
    CHECK(given.profile().drift == DriftPolicy::repair);
    CHECK(given.setting("coalesce.rx_usecs").drift == DriftPolicy::yield);
    CHECK(given.setting("mtu").drift == DriftPolicy::warn);
    CHECK_FALSE(given.setting("wake_latency").drift);
}

TEST_CASE("what a file says of drift replaces what it extends says, and is inherited otherwise",
          "[drift]") {
    const auto given =
        given::resolution({{"host",
                            "[profile]\nextends = [\"base\"]\n[nic.eth0]\nmtu = 1500\n"
                            "[nic.eth1]\ndrift = \"warn\"\nmtu = 1500\n"},
                           {"base",
                            "[profile]\ndrift = \"repair\"\n[nic.eth0]\ndrift = \"yield\"\n"
                            "[nic.eth1]\ndrift = \"yield\"\n"}});
    CHECK(given.profile().drift == DriftPolicy::repair);
    CHECK(given.section("nic", "eth0").settings.front().drift == DriftPolicy::yield);
    CHECK(given.section("nic", "eth1").settings.front().drift == DriftPolicy::warn);
}

TEST_CASE("what is said of drift is in the hash, and reads back", "[drift]") {
    const std::string plain = "[nic.eth0]\ncoalesce.rx_usecs = 0\n";
    const auto base = given::resolution(plain);
    for (const std::string& other :
         {"[profile]\ndrift = \"repair\"\n" + plain,
          std::string("[nic.eth0]\ncoalesce.rx_usecs = { value = 0, drift = \"repair\" }\n"),
          std::string("[nic.eth0]\ndrift = \"yield\"\ncoalesce.rx_usecs = "
                      "{ value = 0, optional = true }\n")}) {
        const auto given = given::resolution(other);
        CHECK(given.profile().hash != base.profile().hash);
        const std::string text = shown(given.profile());
        INFO(text);
        CHECK(given::resolution(text).profile().hash == given.profile().hash);
    }
}

TEST_CASE("a word of drift that is none is an error at its line, said once", "[drift]") {
    CHECK(given::resolution("[profile]\ndrift = \"mend\"\n").messages() ==
          Messages{"host.toml:2:1: drift: \"warn\", \"repair\" or \"yield\" is expected, "
                   "not \"mend\""});
    CHECK(given::resolution("[vars]\nfeeds = [\"eth0\", \"eth1\"]\n[nic.\"${feeds}\"]\n"
                            "drift = 1\nmtu = 1500\n")
              .messages() ==
          Messages{"host.toml:4:1: drift: \"warn\", \"repair\" or \"yield\" is expected, not 1"});
    CHECK(given::resolution("[nic.eth0]\nmtu = { value = 1500, drift = \"no\" }\n").messages() ==
          Messages{"host.toml:2:23: drift: \"warn\", \"repair\" or \"yield\" is expected, not "
                   "\"no\""});
}

TEST_CASE("nobody can ask for repairs of what disturbs, by name", "[drift]") {
    const auto given = given::resolution("[cpu]\nsmt = { value = \"off\", drift = \"repair\" }\n");
    REQUIRE(given.messages().size() == 1);
    CHECK(given.messages().front() ==
          "host.toml:2:24: cpu.smt: drift = \"repair\" is for what disturbs nobody; the impact of "
          "this "
          "is \"moves\"");
    // What is said of more than one setting is of those that it can be of.
    CHECK(given::resolution("[cpu]\ndrift = \"repair\"\nsmt = \"off\"\n").messages().empty());
}
