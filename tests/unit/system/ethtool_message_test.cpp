// What ethtool's replies say, and what its requests carry.
#include "system/ethtool_message.hpp"

#include <linux/ethtool_netlink.h>

#include "octets.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"

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

/// A bitset that lists its set bits alone, as the kernel sends those without a mask.
Octets list(int type, const Octets& bits) {
    return nest(type, attribute(ETHTOOL_A_BITSET_NOMASK, {}) +
                          number(ETHTOOL_A_BITSET_SIZE, std::uint32_t{64}) +
                          nest(ETHTOOL_A_BITSET_BITS, bits));
}

/// A set bit in a list: without VALUE.
Octets listed(std::string_view name) {
    return bit(name, false);
}

}  // namespace

TEST_CASE("a reply's numbers keep their widths, and its header is not among them", "[ethtool]") {
    const auto numbers = ethtool_numbers_of(
        generic(header() + number(5, std::uint32_t{256}) + number(13, std::uint8_t{1}) +
                attribute(20, {}) + number(21, std::uint64_t{1} << 40)));
    REQUIRE(numbers);
    CHECK(*numbers == EthtoolNumbers{{5, {.number = 256, .width = 4}},
                                     {13, {.number = 1, .width = 1}},
                                     {21, {.number = std::uint64_t{1} << 40, .width = 8}}});
}

TEST_CASE("nested and bitset attributes are no numbers", "[ethtool]") {
    const auto numbers =
        ethtool_numbers_of(generic(header() + nest(26, number(1, std::uint32_t{1})) +
                                   bitset(3, listed("10baseT/Half")) + nest(27, Octets())));
    REQUIRE(numbers);
    CHECK(numbers->empty());
}

TEST_CASE("a reply cut short anywhere but between attributes is invalid", "[ethtool]") {
    const Octets whole = generic(number(5, std::uint32_t{256}) + number(9, std::uint32_t{256}));
    for (std::size_t size = sizeof(genlmsghdr) + 1; size < whole.size(); ++size) {
        CAPTURE(size);
        const bool is_between = size == sizeof(genlmsghdr) + 8;
        CHECK(ethtool_numbers_of(first(whole, size)).has_value() == is_between);
    }
}

TEST_CASE("features tell what is wanted, active and fixed", "[ethtool]") {
    const Octets hardware = bit("rx-gro", true) + bit("tx-checksum-ipv4", false) +
                            bit("tx-tcp-segmentation", true) + bit("tx-nocache-copy", true);
    const auto features = features_of(
        generic(header() + bitset(ETHTOOL_A_FEATURES_HW, hardware) +
                list(ETHTOOL_A_FEATURES_WANTED, listed("rx-gro") + listed("tx-tcp-segmentation")) +
                list(ETHTOOL_A_FEATURES_ACTIVE, listed("rx-gro")) +
                list(ETHTOOL_A_FEATURES_NOCHANGE, listed("tx-nocache-copy"))));
    REQUIRE(features);
    CHECK(*features ==
          Features{{"rx-gro", {.changeable = true, .wanted = true, .active = true}},
                   {"tx-checksum-ipv4", {.changeable = false, .wanted = false, .active = false}},
                   {"tx-nocache-copy", {.changeable = false, .wanted = false, .active = false}},
                   {"tx-tcp-segmentation", {.changeable = true, .wanted = true, .active = false}}});
}

TEST_CASE("a bit that the kernel gave up and left without a name is no feature", "[ethtool]") {
    const auto features =
        features_of(generic(bitset(ETHTOOL_A_FEATURES_HW, bit("", false) + bit("rx-gro", true))));
    REQUIRE(features);
    CHECK(features->size() == 1);
    CHECK(features->contains("rx-gro"));
}

TEST_CASE("a bitset without names is invalid rather than empty", "[ethtool]") {
    const Octets compact =
        nest(ETHTOOL_A_FEATURES_HW, number(ETHTOOL_A_BITSET_SIZE, std::uint32_t{32}) +
                                        number(ETHTOOL_A_BITSET_VALUE, std::uint32_t{1}) +
                                        number(ETHTOOL_A_BITSET_MASK, std::uint32_t{1}));
    CHECK_FALSE(features_of(generic(compact)));
    const Octets nameless =
        nest(ETHTOOL_A_BITSET_BITS_BIT, number(ETHTOOL_A_BITSET_BIT_INDEX, std::uint32_t{4}));
    CHECK_FALSE(features_of(generic(bitset(ETHTOOL_A_FEATURES_HW, nameless))));
}

TEST_CASE("a bitset cut short inside is invalid", "[ethtool]") {
    const Octets torn =
        nest(ETHTOOL_A_FEATURES_HW, first(nest(ETHTOOL_A_BITSET_BITS, bit("rx-gro", true)), 10));
    CHECK_FALSE(features_of(generic(torn)));
}

TEST_CASE("the wanted difference names what the driver did not take", "[ethtool]") {
    const auto names = untaken_features_of(generic(
        header() + bitset(ETHTOOL_A_FEATURES_WANTED, bit("rx-lro", true) + bit("highdma", false)) +
        bitset(ETHTOOL_A_FEATURES_ACTIVE, bit("rx-gro", true))));
    REQUIRE(names);
    CHECK(*names == std::vector<std::string>{"highdma", "rx-lro"});
}

TEST_CASE("a request for features names only its own bits, without NOMASK", "[ethtool]") {
    GenericRequest request(20, ETHTOOL_MSG_FEATURES_SET);
    put_ethtool_header(request, "eth0");
    put_wanted_features(request, {{"rx-gro", false}, {"rx-lro", true}});
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
    std::map<std::string, bool> named;
    for (const Attribute one : *bits) {
        const auto about = Attributes::of(one.payload());
        REQUIRE(about);
        named[std::string(held(about->find(ETHTOOL_A_BITSET_BIT_NAME)).text())] =
            about->find(ETHTOOL_A_BITSET_BIT_VALUE).has_value();
    }
    CHECK(named == std::map<std::string, bool>{{"rx-gro", false}, {"rx-lro", true}});
}

TEST_CASE("a request that outgrows its room says so", "[ethtool]") {
    GenericRequest request(20, ETHTOOL_MSG_FEATURES_SET);
    std::map<std::string, bool> wanted;
    for (int number = 0; number < 1000; ++number) {
        wanted["feature-" + std::to_string(number)] = true;
    }
    put_wanted_features(request, wanted);
    CHECK_FALSE(request.is_whole());
}

TEST_CASE("a number of no known width makes a request incomplete", "[ethtool]") {
    GenericRequest request(20, ETHTOOL_MSG_RINGS_SET);
    request.put_number(5, 1, 3);
    CHECK_FALSE(request.is_whole());
}

TEST_CASE("operations bear the kernel's names", "[ethtool]") {
    CHECK(ethtool_operation(ETHTOOL_MSG_RINGS_SET) == "RINGS_SET");
    CHECK(ethtool_operation(ETHTOOL_MSG_EEE_GET) == "EEE_GET");
    CHECK(ethtool_operation(48) == "RSS_SET");
    CHECK(ethtool_operation(200) == "ETHTOOL_MSG 200");
}
