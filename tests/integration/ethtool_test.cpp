// Ethtool netlink of the running kernel. A veth pair has channels and features, a tap has one
// coalescing number; rings, pause and EEE have no virtual device here.
#include <linux/ethtool_netlink.h>

#include "own_namespace.hpp"
#include "support/catch.hpp"

using namespace nanotune;

namespace {

constexpr std::uint8_t not_yet_invented = 250;

}  // namespace

TEST_CASE("a veth's channels are read, set and read again", "[integration][ethtool]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    Ethtool& ethtool = host.system().ethtool();

    REQUIRE(ethtool.set(ETHTOOL_MSG_CHANNELS_SET, "left0",
                        {{ETHTOOL_A_CHANNELS_RX_COUNT, {.number = 1, .width = 4}},
                         {ETHTOOL_A_CHANNELS_TX_COUNT, {.number = 1, .width = 4}}}));
    const auto before = ethtool.get(ETHTOOL_MSG_CHANNELS_GET, "left0");
    REQUIRE(before);
    CHECK(before->at(ETHTOOL_A_CHANNELS_RX_COUNT) == EthtoolNumber{.number = 1, .width = 4});
    CHECK(before->at(ETHTOOL_A_CHANNELS_RX_MAX) == EthtoolNumber{.number = 2, .width = 4});
    CHECK_FALSE(before->contains(ETHTOOL_A_CHANNELS_HEADER));

    REQUIRE(ethtool.set(ETHTOOL_MSG_CHANNELS_SET, "left0",
                        {{ETHTOOL_A_CHANNELS_RX_COUNT, {.number = 2, .width = 4}}}));
    const auto after = ethtool.get(ETHTOOL_MSG_CHANNELS_GET, "left0");
    REQUIRE(after);
    CHECK(after->at(ETHTOOL_A_CHANNELS_RX_COUNT).number == 2);
    CHECK(after->at(ETHTOOL_A_CHANNELS_TX_COUNT).number == 1);
}

TEST_CASE("too many channels are refused in the kernel's words", "[integration][ethtool]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    const Status status =
        host.system().ethtool().set(ETHTOOL_MSG_CHANNELS_SET, "left0",
                                    {{ETHTOOL_A_CHANNELS_RX_COUNT, {.number = 200, .width = 4}}});
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::refused);
    CHECK(status.error().message ==
          "channels 200 (CHANNELS_SET): requested channel count exceeds maximum (EINVAL)");
}

TEST_CASE("a feature is switched off and on again by its kernel name", "[integration][ethtool]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    Ethtool& ethtool = host.system().ethtool();
    const std::string tso = "tx-tcp-segmentation";

    const auto before = ethtool.features("left0");
    REQUIRE(before);
    CHECK(before->find(tso)->second == Feature{.changeable = true, .wanted = true, .active = true});
    REQUIRE(ethtool.set_features("left0", {{tso, false}}));
    const auto off = ethtool.features("left0");
    REQUIRE(off);
    CHECK(off->find(tso)->second == Feature{.changeable = true, .wanted = false, .active = false});
    CHECK(off->find("rx-checksum")->second == before->find("rx-checksum")->second);
    REQUIRE(ethtool.set_features("left0", {{tso, true}}));
    CHECK(ethtool.features("left0") == before);
}

TEST_CASE("a fixed feature is not taken for set", "[integration][ethtool]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    Ethtool& ethtool = host.system().ethtool();
    const auto before = ethtool.features("left0");
    REQUIRE(before);
    REQUIRE_FALSE(before->find("rx-lro")->second.changeable);

    const Status status = ethtool.set_features("left0", {{"rx-lro", true}, {"rx-gro", true}});
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::unsupported);
    CHECK(status.error().message == "features (FEATURES_SET): rx-lro is fixed off");
}

TEST_CASE("a feature that another one needs is told when it does not come",
          "[integration][ethtool]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    Ethtool& ethtool = host.system().ethtool();
    REQUIRE(ethtool.set_features("left0",
                                 {{"tx-scatter-gather", false}, {"tx-tcp-segmentation", false}}));
    const Status status = ethtool.set_features("left0", {{"tx-tcp-segmentation", true}});
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::refused);
    CHECK(status.error().message.starts_with(
        "features tx-tcp-segmentation on (FEATURES_SET): tx-tcp-segmentation stays off"));
}

TEST_CASE("an unknown feature is the kernel's to name", "[integration][ethtool]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    const Status status = host.system().ethtool().set_features("left0", {{"tso", false}});
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::unsupported);
    CHECK(status.error().message ==
          "features tso off (FEATURES_SET): bit name not found (EOPNOTSUPP)");
}

TEST_CASE("a tap's receive coalescing is read, set and read again", "[integration][ethtool]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_tap("tap0");
    Ethtool& ethtool = host.system().ethtool();

    const auto before = ethtool.get(ETHTOOL_MSG_COALESCE_GET, "tap0");
    REQUIRE(before);
    CHECK(before->at(ETHTOOL_A_COALESCE_RX_MAX_FRAMES) == EthtoolNumber{.number = 0, .width = 4});
    REQUIRE(ethtool.set(ETHTOOL_MSG_COALESCE_SET, "tap0",
                        {{ETHTOOL_A_COALESCE_RX_MAX_FRAMES, {.number = 16, .width = 4}}}));
    const auto after = ethtool.get(ETHTOOL_MSG_COALESCE_GET, "tap0");
    REQUIRE(after);
    CHECK(after->at(ETHTOOL_A_COALESCE_RX_MAX_FRAMES).number == 16);

    const Status other = ethtool.set(ETHTOOL_MSG_COALESCE_SET, "tap0",
                                     {{ETHTOOL_A_COALESCE_RX_USECS, {.number = 5, .width = 4}}});
    REQUIRE_FALSE(other);
    CHECK(other.error().code == ErrorCode::refused);
    CHECK(other.error().message ==
          "coalescing 5 (COALESCE_SET): cannot modify an unsupported parameter (EINVAL)");
}

TEST_CASE("what a device or a kernel lacks is unsupported", "[integration][ethtool]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    Ethtool& ethtool = host.system().ethtool();

    for (const int command :
         {+ETHTOOL_MSG_RINGS_GET, +ETHTOOL_MSG_PAUSE_GET, +ETHTOOL_MSG_EEE_GET}) {
        const auto reply = ethtool.get(static_cast<std::uint8_t>(command), "left0");
        REQUIRE_FALSE(reply);
        CHECK(reply.error().code == ErrorCode::unsupported);
    }
    const auto unknown = ethtool.get(not_yet_invented, "left0");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == ErrorCode::unsupported);
    CHECK(unknown.error().message == "ETHTOOL_MSG 250: this kernel does not have it");
}

TEST_CASE("a device that does not exist is not found", "[integration][ethtool]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    Ethtool& ethtool = host.system().ethtool();
    CHECK(ethtool.get(ETHTOOL_MSG_CHANNELS_GET, "absent0").error().code == ErrorCode::not_found);
    CHECK(ethtool.features("absent0").error().code == ErrorCode::not_found);
    CHECK(ethtool.set_features("absent0", {{"rx-gro", true}}).error().code == ErrorCode::not_found);
}

TEST_CASE("what a virtual device has not is unsupported, whichever way it is asked for",
          "[integration][ethtool]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    Ethtool& ethtool = host.system().ethtool();
    CHECK(ethtool.receive_hash("left0").error().code == ErrorCode::unsupported);
    CHECK(ethtool.set_receive_hash("left0", {.function = 1}).error().code ==
          ErrorCode::unsupported);
    CHECK(ethtool.hardware_stamps("left0").error().code == ErrorCode::unsupported);
    CHECK(ethtool.flow_rules("left0").error().code == ErrorCode::unsupported);
    CHECK(ethtool.remove_flow_rule("left0", 0).error().code == ErrorCode::unsupported);
    CHECK(ethtool.bits(ETHTOOL_MSG_FEC_GET, "left0", ETHTOOL_A_FEC_MODES).error().code ==
          ErrorCode::unsupported);
    CHECK(ethtool.receive_hash("absent0").error().code == ErrorCode::not_found);
}

TEST_CASE("a bitset is set by its bits' names", "[integration][ethtool]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    Ethtool& ethtool = host.system().ethtool();
    const auto modes = ethtool.bits(ETHTOOL_MSG_LINKMODES_GET, "left0", ETHTOOL_A_LINKMODES_OURS);
    REQUIRE(modes);
    CHECK(modes->empty());
    REQUIRE(ethtool.set_bits(ETHTOOL_MSG_FEATURES_SET, "left0", ETHTOOL_A_FEATURES_WANTED,
                             {{"tx-tcp-segmentation", false}}, {}));
    CHECK_FALSE(ethtool.features("left0")->find("tx-tcp-segmentation")->second.active);
    const Status unknown = ethtool.set_bits(ETHTOOL_MSG_FEATURES_SET, "left0",
                                            ETHTOOL_A_FEATURES_WANTED, {{"no-such", true}}, {});
    CHECK(unknown.error().code == ErrorCode::unsupported);
    CHECK(unknown.error().message.contains("bit name not found"));
}
