// What ethtool's replies say, and what its requests carry.
#include "system/ethtool_message.hpp"

#include <linux/ethtool_netlink.h>

#include "octets.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"
#include "system/ethtool_operation.hpp"

using namespace nanotune;
using namespace octets;
using nanotune::test::held;

namespace {

constexpr int header_type = 1;

Octets header() {
    return nest(header_type, number(ETHTOOL_A_HEADER_DEV_INDEX, std::uint32_t{2}) +
                                 attribute(ETHTOOL_A_HEADER_DEV_NAME, text("eth0")));
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
    const auto numbers = ethtool_numbers_of(
        generic(header() + nest(26, number(1, std::uint32_t{1})) +
                nest(3, nest(ETHTOOL_A_BITSET_BITS,
                             nest(ETHTOOL_A_BITSET_BITS_BIT,
                                  attribute(ETHTOOL_A_BITSET_BIT_NAME, text("10baseT/Half"))))) +
                nest(27, Octets())));
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

TEST_CASE("a number of no known width makes a request incomplete", "[ethtool]") {
    GenericRequest request(20, ETHTOOL_MSG_RINGS_SET);
    request.put_number(5, 1, 3);
    CHECK_FALSE(request.is_whole());
}

TEST_CASE("a header carries flags only where there are some", "[ethtool]") {
    const auto header_with = [](std::uint32_t flags) {
        GenericRequest request(20, ETHTOOL_MSG_FEATURES_GET);
        put_ethtool_header(request, "eth0", flags);
        const auto sent = messages_of(Bytes(reinterpret_cast<const std::byte*>(&request.header()),
                                            request.header().nlmsg_len));
        REQUIRE(sent);
        const auto message = Attributes::of(after_header(sent->front().body, sizeof(genlmsghdr)));
        REQUIRE(message);
        const auto head = message->nested(header_type);
        REQUIRE(head);
        CHECK(held(head->find(ETHTOOL_A_HEADER_DEV_NAME)).text() == "eth0");
        const auto found = head->find(ETHTOOL_A_HEADER_FLAGS);
        return found ? found->number() : std::nullopt;
    };
    CHECK(header_with(ETHTOOL_FLAG_COMPACT_BITSETS) == ETHTOOL_FLAG_COMPACT_BITSETS);
    CHECK_FALSE(header_with(0));
}

TEST_CASE("operations say what they are about, with the kernel's name behind it", "[ethtool]") {
    CHECK(ethtool_operation(ETHTOOL_MSG_RINGS_SET, "16384") == "rings 16384 (RINGS_SET)");
    CHECK(ethtool_operation(ETHTOOL_MSG_COALESCE_GET) == "coalescing (COALESCE_GET)");
    CHECK(ethtool_operation(ETHTOOL_MSG_EEE_GET) == "Energy-Efficient Ethernet (EEE_GET)");
    CHECK(ethtool_operation(48) == "receive-side scaling (RSS_SET)");
    CHECK(ethtool_operation(ETHTOOL_MSG_STRSET_GET) == "STRSET_GET");
    CHECK(ethtool_operation(200) == "ETHTOOL_MSG 200");
}
