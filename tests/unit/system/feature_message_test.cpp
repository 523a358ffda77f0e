// What the kernel says of features, and what a request for them carries.
#include "system/feature_message.hpp"

#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>

#include "octets.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"
#include "system/bitset_message.hpp"
#include "system/ethtool_message.hpp"

using namespace nanotune;
using namespace octets;
using nanotune::test::held;

namespace {

constexpr int header_type = 1;

Octets header() {
    return nest(header_type, number(ETHTOOL_A_HEADER_DEV_INDEX, std::uint32_t{2}) +
                                 attribute(ETHTOOL_A_HEADER_DEV_NAME, text("eth0")));
}

Octets bit(std::string_view name, bool is_on) {
    const Octets value = is_on ? attribute(ETHTOOL_A_BITSET_BIT_VALUE, {}) : Octets();
    return nest(ETHTOOL_A_BITSET_BITS_BIT, number(ETHTOOL_A_BITSET_BIT_INDEX, std::uint32_t{0}) +
                                               attribute(ETHTOOL_A_BITSET_BIT_NAME, text(name)) +
                                               value);
}

Octets bitset(int type, const Octets& bits) {
    return nest(
        type, number(ETHTOOL_A_BITSET_SIZE, std::uint32_t{64}) + nest(ETHTOOL_A_BITSET_BITS, bits));
}

/// As the kernel sends one whose bits have no names: 64 of them.
Octets compact(int type, std::uint32_t low, std::uint32_t high = 0) {
    return nest(type, attribute(ETHTOOL_A_BITSET_NOMASK, {}) +
                          number(ETHTOOL_A_BITSET_SIZE, std::uint32_t{64}) +
                          attribute(ETHTOOL_A_BITSET_VALUE, of(low) + of(high)));
}

Octets named(std::uint32_t place, std::string_view name) {
    return nest(ETHTOOL_A_STRINGS_STRING, number(ETHTOOL_A_STRING_INDEX, place) +
                                              attribute(ETHTOOL_A_STRING_VALUE, text(name)));
}

Octets string_set(const Octets& strings, std::uint32_t id = ETH_SS_FEATURES) {
    return nest(ETHTOOL_A_STRSET_STRINGSETS, nest(ETHTOOL_A_STRINGSETS_STRINGSET,
                                                  number(ETHTOOL_A_STRINGSET_ID, id) +
                                                      nest(ETHTOOL_A_STRINGSET_STRINGS, strings)));
}

using Names = std::shared_ptr<const FeatureNames>;

Names shared(FeatureNames names) {
    return std::make_shared<const FeatureNames>(std::move(names));
}

const Names names = shared(
    {{"rx-gro", 0}, {"tx-checksum-ipv4", 2}, {"tx-nocache-copy", 3}, {"tx-tcp-segmentation", 4}});

}  // namespace

TEST_CASE("one bitset of a reply is read by its bits' names", "[ethtool]") {
    const auto modes = ethtool_bits_of(
        generic(header() + bitset(ETHTOOL_A_LINKMODES_OURS,
                                  bit("100baseT/Full", true) + bit("1000baseT/Full", false))),
        ETHTOOL_A_LINKMODES_OURS);
    REQUIRE(modes);
    CHECK(*modes == EthtoolBits{{"1000baseT/Full", false}, {"100baseT/Full", true}});
    const Octets list =
        nest(ETHTOOL_A_FEC_MODES, attribute(ETHTOOL_A_BITSET_NOMASK, {}) +
                                      nest(ETHTOOL_A_BITSET_BITS, bit("RS", false)));
    const auto listed = ethtool_bits_of(generic(header() + list), ETHTOOL_A_FEC_MODES);
    REQUIRE(listed);
    CHECK(*listed == EthtoolBits{{"RS", true}});
    CHECK(ethtool_bits_of(generic(header()), ETHTOOL_A_FEC_MODES)->empty());
}

TEST_CASE("features tell what is wanted, active and fixed", "[ethtool]") {
    const auto features = features_of(generic(compact(ETHTOOL_A_FEATURES_HW, 0b11001) +
                                              compact(ETHTOOL_A_FEATURES_WANTED, 0b10001) +
                                              compact(ETHTOOL_A_FEATURES_ACTIVE, 0b00001) +
                                              compact(ETHTOOL_A_FEATURES_NOCHANGE, 0b01000)),
                                      names);
    REQUIRE(features);
    CHECK(*features ==
          Features{{"rx-gro", {.changeable = true, .wanted = true, .active = true}},
                   {"tx-checksum-ipv4", {.changeable = false, .wanted = false, .active = false}},
                   {"tx-nocache-copy", {.changeable = false, .wanted = false, .active = false}},
                   {"tx-tcp-segmentation", {.changeable = true, .wanted = true, .active = false}}});
}

TEST_CASE("a feature beyond the first word of a bitset is found there", "[ethtool]") {
    const Names many = shared({{"rx-gro", 1}, {"rx-gro-list", 40}});
    const auto features = features_of(generic(compact(ETHTOOL_A_FEATURES_HW, 2, 1U << 8) +
                                              compact(ETHTOOL_A_FEATURES_ACTIVE, 0, 1U << 8)),
                                      many);
    REQUIRE(features);
    CHECK(*features ==
          Features{{"rx-gro", {.changeable = true, .wanted = false, .active = false}},
                   {"rx-gro-list", {.changeable = true, .wanted = false, .active = true}}});
}

TEST_CASE("a bitset that is shorter than the names has nothing set behind its end", "[ethtool]") {
    const Names many = shared({{"rx-gro", 99}});
    const auto features = features_of(generic(compact(ETHTOOL_A_FEATURES_HW, 0)), many);
    REQUIRE(features);
    CHECK_FALSE(features->find("rx-gro")->second.changeable);
}

TEST_CASE("names stand at the places of their bits", "[ethtool]") {
    const auto found = feature_names_of(
        generic(string_set(named(2, "rx-gro") + named(0, "rx-lro") + named(1, ""))));
    REQUIRE(found);
    CHECK(*found == FeatureNames{{"rx-gro", 2}, {"rx-lro", 0}});
}

TEST_CASE("names of anything else, without a place or beyond all places are invalid", "[ethtool]") {
    CHECK_FALSE(feature_names_of(generic(string_set(named(0, "loopback"), ETH_SS_PRIV_FLAGS))));
    CHECK_FALSE(feature_names_of(generic(string_set(named(1U << 31, "rx-gro")))));
    CHECK_FALSE(feature_names_of(generic(string_set(named(2, "rx-gro") + named(2, "rx-lro")))));
    CHECK_FALSE(feature_names_of(generic(string_set(
        nest(ETHTOOL_A_STRINGS_STRING, attribute(ETHTOOL_A_STRING_VALUE, text("rx-gro")))))));
    CHECK_FALSE(feature_names_of(generic(Octets())));
}

TEST_CASE("a bitset by name in an answer is invalid rather than empty", "[ethtool]") {
    CHECK_FALSE(features_of(generic(bitset(ETHTOOL_A_FEATURES_HW, bit("rx-gro", true))), names));
}

TEST_CASE("a difference without names is invalid rather than empty", "[ethtool]") {
    CHECK_FALSE(untaken_features_of(generic(compact(ETHTOOL_A_FEATURES_WANTED, 1))));
    const Octets nameless =
        nest(ETHTOOL_A_BITSET_BITS_BIT, number(ETHTOOL_A_BITSET_BIT_INDEX, std::uint32_t{4}));
    CHECK_FALSE(untaken_features_of(generic(bitset(ETHTOOL_A_FEATURES_WANTED, nameless))));
}

TEST_CASE("a bit that the kernel gave up and left without a name is no feature", "[ethtool]") {
    const auto untaken = untaken_features_of(
        generic(bitset(ETHTOOL_A_FEATURES_WANTED, bit("", false) + bit("rx-gro", true))));
    REQUIRE(untaken);
    CHECK(*untaken == std::vector<std::string>{"rx-gro"});
}

TEST_CASE("a bitset cut short inside is invalid", "[ethtool]") {
    const Octets torn = nest(ETHTOOL_A_FEATURES_WANTED,
                             first(nest(ETHTOOL_A_BITSET_BITS, bit("rx-gro", true)), 10));
    CHECK_FALSE(untaken_features_of(generic(torn)));
    CHECK_FALSE(
        features_of(generic(nest(ETHTOOL_A_FEATURES_HW, first(of(std::uint32_t{8}), 3))), names));
}

TEST_CASE("the wanted difference names what the driver did not take", "[ethtool]") {
    const auto untaken = untaken_features_of(generic(
        header() + bitset(ETHTOOL_A_FEATURES_WANTED, bit("rx-lro", true) + bit("highdma", false)) +
        bitset(ETHTOOL_A_FEATURES_ACTIVE, bit("rx-gro", true))));
    REQUIRE(untaken);
    CHECK(*untaken == std::vector<std::string>{"highdma", "rx-lro"});
}

TEST_CASE("a request for features names only its own bits, without NOMASK", "[ethtool]") {
    GenericRequest request(20, ETHTOOL_MSG_FEATURES_SET);
    put_ethtool_header(request, "eth0");
    put_bits(request, ETHTOOL_A_FEATURES_WANTED, {{"rx-gro", false}, {"rx-lro", true}});
    REQUIRE(request.is_whole());
    const auto sent = messages_of(
        Bytes(reinterpret_cast<const std::byte*>(&request.header()), request.header().nlmsg_len));
    REQUIRE(sent);
    REQUIRE(sent->size() == 1);
    const auto message = Attributes::of(after_header(sent->front().body, sizeof(genlmsghdr)));
    REQUIRE(message);
    const auto head = message->nested(header_type);
    REQUIRE(head);
    CHECK(held(head->find(ETHTOOL_A_HEADER_DEV_NAME)).text() == "eth0");
    const auto wanted = message->nested(ETHTOOL_A_FEATURES_WANTED);
    REQUIRE(wanted);
    CHECK_FALSE(wanted->find(ETHTOOL_A_BITSET_NOMASK));
    const auto bits = wanted->nested(ETHTOOL_A_BITSET_BITS);
    REQUIRE(bits);
    std::map<std::string, bool> asked;
    for (const Attribute one : *bits) {
        const auto about = Attributes::of(one.payload());
        REQUIRE(about);
        asked[std::string(held(about->find(ETHTOOL_A_BITSET_BIT_NAME)).text())] =
            about->find(ETHTOOL_A_BITSET_BIT_VALUE).has_value();
    }
    CHECK(asked == std::map<std::string, bool>{{"rx-gro", false}, {"rx-lro", true}});
}

TEST_CASE("a request that outgrows its room says so", "[ethtool]") {
    GenericRequest request(20, ETHTOOL_MSG_FEATURES_SET);
    EthtoolBits wanted;
    for (int number = 0; number < 1000; ++number) {
        wanted["feature-" + std::to_string(number)] = true;
    }
    put_bits(request, ETHTOOL_A_FEATURES_WANTED, wanted);
    CHECK_FALSE(request.is_whole());
}
