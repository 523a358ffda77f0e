// Whether what this process starts would end with a service of systemd's.
#include "support/catch.hpp"
#include "worker/unit.hpp"

using namespace nanotune::worker;

TEST_CASE("a system service is one in either hierarchy of control groups", "[worker]") {
    CHECK(names_service("0::/system.slice/nanotuned.service\n"));
    CHECK(names_service("3:cpu:/\n1:name=systemd:/system.slice/nanotune-boot.service\n0::/\n"));
}

TEST_CASE("a shell, a session and a user's own service are none", "[worker]") {
    CHECK_FALSE(names_service(""));
    CHECK_FALSE(names_service("0::/\n"));
    CHECK_FALSE(names_service("0::/user.slice/user-0.slice/session-1.scope\n"));
    CHECK_FALSE(names_service("0::/user.slice/user-0.slice/user@0.service/app.slice/a.service\n"));
    CHECK_FALSE(names_service("4:memory:/system.slice/docker.service\n0::/init.scope\n"));
}

TEST_CASE("a worker's unit has its folder's name", "[worker]") {
    CHECK(unit_of("/run/nanotune/net-1.workers/orders") == "nanotune-worker@orders.service");
}
