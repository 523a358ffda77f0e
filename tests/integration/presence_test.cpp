// What a port sees of its device, on the running kernel.
#include <algorithm>
#include <cstring>
#include <string>

#include <arpa/inet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "datapath/ports/device_presence.hpp"
#include "own_namespace.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::datapath;

namespace {

/// In place of the one that it has; "0.0.0.0" for none.
void give_address(const std::string& device, const char* address) {
    const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::ranges::copy(device, request.ifr_name);
    sockaddr_in wanted{};
    wanted.sin_family = AF_INET;
    REQUIRE(::inet_pton(AF_INET, address, &wanted.sin_addr) == 1);
    std::memcpy(&request.ifr_addr, &wanted, sizeof wanted);
    REQUIRE(::ioctl(socket.number(), SIOCSIFADDR, &request) == 0);
}

}  // namespace

TEST_CASE("an address that orders come from has gone once two looks in turn miss it",
          "[integration][datapath]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("feed0", "feed1", 1);
    host.add_address("feed0", "192.0.2.1", 24);
    const auto presence = DevicePresence::open("feed0", false, true);
    REQUIRE(presence);
    CHECK(presence->stands(true));
    for (int round = 0; round < 3; ++round) {
        give_address("feed0", "0.0.0.0");
        CHECK(presence->stands(true));
        give_address("feed0", "192.0.2.1");
        CHECK(presence->stands(true));
    }
    give_address("feed0", "0.0.0.0");
    CHECK(presence->stands(true));
    const Status gone = presence->stands(true);
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == ErrorCode::conflict);
    CHECK(gone.error().message == "feed0: the address that orders came from has gone");
}
