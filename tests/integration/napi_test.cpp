// Times of single NAPI instances on the running kernel.
#include <linux/genetlink.h>
#include <net/if.h>

#include "own_namespace.hpp"
#include "support/catch.hpp"
#include "system/generic_family.hpp"
#include "system/netdev.hpp"

using namespace nanotune;

namespace {

constexpr std::uint8_t napi_get = 11;      // NETDEV_CMD_NAPI_GET
constexpr std::uint16_t napi_ifindex = 1;  // NETDEV_A_NAPI_IFINDEX

/// The numbers of a device's instances, which a veth has while it polls.
std::vector<unsigned> napis_of(const std::string& device) {
    GenericFamily family("netdev");
    std::vector<unsigned> napis;
    if (!family.prepare(napi_get, "NAPI_GET")) {
        return napis;
    }
    GenericRequest request(family.number(), napi_get, NLM_F_DUMP);
    request.put_number(napi_ifindex, if_nametoindex(device.c_str()), sizeof(std::uint32_t));
    const auto bodies = family.exchange(request, "NAPI_GET");
    REQUIRE(bodies);
    for (const auto& body : *bodies) {
        const auto napi = netdev_napi_of(body);
        REQUIRE(napi);
        napis.push_back(napi->first);
    }
    return napis;
}

}  // namespace

TEST_CASE("the times of one NAPI instance are set, and those of its neighbour stay",
          "[integration][napi]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    REQUIRE(host.system().ethtool().set_features("left0", {{"rx-gro", true}}));
    Links& links = host.system().links();
    const auto napis = napis_of("left0");
    const auto before = napis.empty() ? Result<NapiTimes>(failure(ErrorCode::unsupported, ""))
                                      : links.napi_times(napis.front());
    if (!before) {
        CHECK(before.error().code == ErrorCode::unsupported);  // before Linux 6.13
        return;
    }
    REQUIRE(napis.size() == 2);
    constexpr std::uint64_t some_polls = 20;
    constexpr std::uint64_t some_time = 200'000;
    REQUIRE(links.set_napi_times(napis[0], {.defer_hard_irqs = some_polls}));
    REQUIRE(links.set_napi_times(napis[0], {.gro_flush_timeout = some_time}));
    const auto after = links.napi_times(napis[0]);
    REQUIRE(after);
    CHECK(after->defer_hard_irqs == some_polls);
    CHECK(after->gro_flush_timeout == some_time);
    CHECK(links.napi_times(napis[1]) == before);
    const Status absurd = links.set_napi_times(napis[0], {.defer_hard_irqs = 1ULL << 31U});
    REQUIRE_FALSE(absurd);
    CHECK(absurd.error().code == ErrorCode::refused);
    CHECK(links.napi_times(1).error().code == ErrorCode::not_found);
}
