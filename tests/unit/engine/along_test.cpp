// What the kernel sets along with a setting of the same target: it comes back with that, and what a
// profile says of it stands.
#include <linux/if_link.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr unsigned gso_ipv4_max_size = 63;
constexpr unsigned gro_ipv4_max_size = 64;

const std::string of_ipv4 = link_number_cell("eth0", gso_ipv4_max_size);

/// As BIG TCP has it.
FakeHost host_with_big_packets() {
    return given::host()
        .with_nic("eth0")
        .with(link_number_cell("eth0", IFLA_GSO_MAX_SIZE), "131072")
        .with(link_number_cell("eth0", IFLA_GRO_MAX_SIZE), "131072")
        .with(of_ipv4, "65536")
        .with(link_number_cell("eth0", gro_ipv4_max_size), "60000");
}

}  // namespace

TEST_CASE("a size for IPv4 stands beside one for all packets, whichever is said first",
          "[engine][along]") {
    Scene scene(host_with_big_packets());
    auto& [host, before, folder, engine] = scene;
    const std::string lines =
        GENERATE(as<std::string>{}, "gso_ipv4_max_size = 30000\ngso_max_size = 20000\n",
                 "gso_max_size = 20000\ngso_ipv4_max_size = 30000\n");
    const Report applied = engine.apply("[nic.eth0]\n" + lines);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(of_ipv4) == "30000");
    CHECK(row_at(applied, "nic.gso_ipv4_max_size", Target::nic("eth0")).outcome ==
          Outcome::changed);
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}
