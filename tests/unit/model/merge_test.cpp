// Layers: a file wins over what it extends, setting by setting.
#include "given_profile.hpp"
#include "support/catch.hpp"

using namespace nanotune;

namespace {

given::Resolution two_layers(std::string base, std::string host) {
    return given::resolution({{"host", "[profile]\nextends = [\"base\"]\n" + std::move(host)},
                              {"base", std::move(base)}});
}

}  // namespace

TEST_CASE("the later file wins setting by setting for the same target", "[merge]") {
    const auto given =
        two_layers("[nic.eth0]\nmtu = 1500\ncoalesce.rx_usecs = 5\n", "[nic.eth0]\nmtu = 9000\n");
    CHECK(given.setting("mtu").value == Value(std::int64_t{9000}));
    CHECK(given.setting("mtu").origin.file == "host");
    CHECK(given.setting("coalesce.rx_usecs").origin.file == "base");
}

TEST_CASE("layers keep their order where targets only may be the same", "[merge]") {
    const auto given = two_layers("[nic.eth0]\nmtu = 9000\n", "[nic]\nmtu = 1500\n");
    CHECK(given.section("nic").layer > given.section("nic", "eth0").layer);
}

TEST_CASE("an alias of another plugin replaces the same setting", "[merge]") {
    const auto given =
        two_layers("[memory]\nswappiness = 60\n", "[sysctl]\n\"vm.swappiness\" = 10\n");
    CHECK(given.messages().empty());
    CHECK(given.setting("vm.swappiness").value == Value(std::int64_t{10}));
    CHECK(given.section("memory").settings.empty());
}

TEST_CASE("unset drops what was inherited, and nothing else", "[merge]") {
    const auto given = two_layers("[nic.eth0]\nmtu = 9000\ncoalesce.rx_usecs = 0\n",
                                  "[nic.eth0]\nunset = [\"mtu\"]\n");
    for (const ResolvedSection& section : given.profile().sections) {
        for (const ResolvedSetting& setting : section.settings) {
            CHECK(setting.key == "coalesce.rx_usecs");
        }
        CHECK(section.unset.empty());  // nothing is left that it could drop
    }
}

TEST_CASE("unset stays while a wider section still says something", "[merge]") {
    const auto given = two_layers("[nic]\nmtu = 9000\n", "[nic.eth0]\nunset = [\"mtu\"]\n");
    REQUIRE(given.section("nic", "eth0").unset.size() == 1);
    const ResolvedUnset& unset = given.section("nic", "eth0").unset.front();
    CHECK(unset.key == "mtu");
    CHECK(unset.settings.front().full_name() == "nic.mtu");
    CHECK(unset.origin.text() == "host:4:10");
}

TEST_CASE("a member of a group is replaced without the rest of the group", "[merge]") {
    const auto given = two_layers("[nic.eth0]\nfeatures.tso = false\n",
                                  "[nic.eth0]\nfeatures.tx-tcp6-segmentation = true\n");
    CHECK(given.messages().empty());
    CHECK(given.setting("features.tso").value == Value(false));
    CHECK(given.setting("features.tx-tcp6-segmentation").value == Value(true));
}

TEST_CASE("a label's match is inherited, and replaced where it is given again", "[merge]") {
    const std::string base =
        "[process.feed]\nmatch = { unit = \"feed.service\" }\npolicy = \"fifo\"\n";
    const auto inherited = two_layers(base, "[process.feed]\nwhen = \"always\"\n");
    const std::vector<std::pair<std::string, std::string>> unit = {{"unit", "feed.service"}};
    for (const ResolvedSection& section : inherited.profile().sections) {
        CHECK(section.selector.match == unit);
    }
    const auto replaced = two_layers(base, "[process.feed]\nmatch = { comm = \"feed\" }\n");
    const std::vector<std::pair<std::string, std::string>> comm = {{"comm", "feed"}};
    for (const ResolvedSection& section : replaced.profile().sections) {
        CHECK(section.selector.match == comm);
    }
}

TEST_CASE("sections of one target in one file become one", "[merge]") {
    const auto given = given::resolution(
        "[vars]\nfeeds = [\"eth0\", \"eth1\"]\n[nic.\"${feeds}\"]\nmtu = 1500\n"
        "[nic.eth1]\nmtu = 1500\ncoalesce.rx_usecs = 0\n");
    CHECK(given.section("nic", "eth1").settings.size() == 2);
}
