
#include <vector>

#include <nanotune/nearest.hpp>

#include "support/catch.hpp"

using namespace nanotune;

namespace {
const std::vector<std::string> known = {"mtu", "coalesce.rx_usecs", "coalesce.tx_usecs", "governor",
                                        "smt"};
}

TEST_CASE("a slip of the finger finds its word", "[nearest]") {
    CHECK(nearest("mut", known) == "mtu");
    CHECK(nearest("govenor", known) == "governor");
    CHECK(nearest("coalesce.rx_usec", known) == "coalesce.rx_usecs");
    CHECK(nearest("Governor", known) == "governor");
    CHECK(nearest("mtu", known) == "mtu");
}

TEST_CASE("what is far from everything is no slip", "[nearest]") {
    CHECK(nearest("hugepages", known).empty());
    CHECK(nearest("", known).empty());
    CHECK(nearest("zz", known).empty());
    CHECK(nearest("mtu", {}).empty());
    CHECK(nearest(std::string(100'000, 'm'), known).empty());
}

TEST_CASE("another object, or a name that shares only its beginning, is no slip", "[nearest]") {
    const std::vector<std::string> nics = {"eth0", "enp3s0f1"};
    CHECK(nearest("eth9", nics).empty());
    CHECK(nearest("enp3s0f0", nics).empty());
    CHECK(nearest("ehh0", nics) == "eth0");
    CHECK(nearest("sysctl.net.core.abc", std::vector<std::string>{"sysctl.net.core.xyz"}).empty());
    CHECK(nearest("a", std::vector<std::string>{"b"}).empty());
}

TEST_CASE("the question is asked only where there is something to ask", "[nearest]") {
    CHECK(did_you_mean("govenor", known) == "; did you mean governor?");
    CHECK(did_you_mean("hugepages", known).empty());
}
