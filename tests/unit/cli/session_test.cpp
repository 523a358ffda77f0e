#include "cli/session.hpp"

#include "cli/places.hpp"
#include "support/catch.hpp"

using namespace nanotune::cli;

TEST_CASE("the third word of SSH_CONNECTION is our address", "[cli][session]") {
    CHECK(local_address_of("198.51.100.7 50022 192.0.2.1 22") == "192.0.2.1");
    CHECK(local_address_of("fe80::2%eth0 50022 fe80::1%eth0 22") == "fe80::1");
    CHECK(local_address_of("").empty());
    CHECK(local_address_of("nonsense").empty());
    CHECK(session_address("198.51.100.7 50022 192.0.2.1 22") == "192.0.2.1");
}

TEST_CASE("an installed program finds its parts in its own prefix", "[cli][places]") {
    const Places places = places_of("/opt/nanotune/bin/nanotune");
    CHECK(places.plugins.starts_with("/opt/nanotune/lib"));
    CHECK(places.plugins.ends_with("/nanotune/plugins"));
    REQUIRE(places.profiles.size() == 2);
    CHECK(places.profiles[0] == "/etc/nanotune/profiles");
    CHECK(places.profiles[1] == "/opt/nanotune/share/nanotune/profiles");
}
