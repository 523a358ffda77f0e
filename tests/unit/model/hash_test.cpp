// Equal profiles have equal hashes, different ones do not.
#include "given_profile.hpp"
#include "support/catch.hpp"

namespace {

std::string hash(std::string text, std::vector<nanotune::Override> overrides = {}) {
    return given::resolution(std::move(text), std::move(overrides)).profile().hash;
}

}  // namespace

TEST_CASE("a hash is 64 hexadecimal digits", "[hash]") {
    CHECK(hash("").size() == 64);
    CHECK(hash("").find_first_not_of("0123456789abcdef") == std::string::npos);
}

TEST_CASE("a profile keeps its hash from one nanotune to the next", "[hash]") {
    CHECK(
        hash(
            "[cpus]\nirq = \"1\"\n[profile]\nforbid = [\"clock\"]\ndrift = \"warn\"\n"
            "[nic.eth0]\nmtu = { value = 1500, optional = true }\nunset = [\"coalesce.rx_usecs\"]\n"
            "[nic.\"eth*\"]\nwhen = { driver = \"ice\" }\ncoalesce.rx_usecs = 0\n") ==
        "aea24e3ed7cd2326bf25596ce6ca2684eb6cf1718ae34dc5b771bd34c7a6f99b");
}

TEST_CASE("spelling, order, comments and summary are not in the hash", "[hash]") {
    CHECK(hash("[nic.eth0]\nmtu = 1500\ncoalesce.rx_usecs = 0\n[cpu]\nsmt = \"off\"\n") ==
          hash("[profile]\nsummary = \"x\"\n# c\n[cpu]\nsmt = \"off\"\n\n[nic.eth0]\n"
               "coalesce.rx_usecs = \"0us\"\nmtu = \"1500\"\n"));
    CHECK(hash("[vars]\nunused = \"1\"\n") == hash(""));
    CHECK(hash("[cpus]\nirq = \"auto\"\n") == hash(""));
}

TEST_CASE("values, selectors, optional, CPU sets and --set are in the hash", "[hash]") {
    const std::string text = "[vars]\nmtu = \"1500\"\n[nic.eth0]\nmtu = \"${mtu}\"\n";
    const std::string base = hash(text);
    CHECK(hash(text, {{"mtu", "9000"}}) != base);
    CHECK(hash(text, {{"cpus.irq", "1"}}) != base);
    CHECK(hash(text, {{"mtu", "1500"}}) == base);
    CHECK(hash("[nic.eth1]\nmtu = 1500\n") != base);
    CHECK(hash("[nic.\"eth0*\"]\nmtu = 1500\n") != base);
    CHECK(hash("[nic.eth0]\nmtu = { value = 1500, optional = true }\n") != base);
    CHECK(hash("[nic.eth0]\nwhen = { driver = \"ice\" }\nmtu = 1500\n") != base);
    CHECK(hash(text + "[profile]\non_failure = \"keep\"\n") != base);
    CHECK(hash(text + "[profile]\nforbid = [\"clock\"]\n") != base);
}

TEST_CASE("files that add nothing change no hash", "[hash]") {
    const auto layered =
        given::resolution({{"host", "[profile]\nextends = [\"base\"]\n[nic.eth0]\nmtu = 1500\n"},
                           {"base", "[nic.eth0]\nmtu = 9000\n"}});
    CHECK(layered.profile().hash == hash("[nic.eth0]\nmtu = 1500\n"));
}

TEST_CASE("an order of layers that matters is in the hash", "[hash]") {
    const auto whole_wins =
        given::resolution({{"host", "[profile]\nextends = [\"base\"]\n[nic]\nmtu = 1500\n"},
                           {"base", "[nic.eth0]\nmtu = 9000\n"}});
    CHECK(whole_wins.profile().hash != hash("[nic]\nmtu = 1500\n[nic.eth0]\nmtu = 9000\n"));
}
