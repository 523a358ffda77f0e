// The packets that the other tests are made of, against ones that were written down elsewhere.
#include "support/packets.hpp"

#include "support/catch.hpp"

using namespace nanotune::test;

TEST_CASE("the tests' checksum is that of the example in RFC 1071", "[datapath]") {
    CHECK(internet_checksum({0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7}) == 0x220D);
}

TEST_CASE("the tests' packets are sound, and one wrong bit is seen", "[datapath]") {
    Packet ipv4 = packet({});
    CHECK(is_sound(ipv4));
    ipv4.back() ^= 1;
    CHECK_FALSE(is_sound(ipv4));
    Packet ipv6 = packet({.source = "2001:db8::1", .destination = "2001:db8::2"});
    CHECK(is_sound(ipv6));
    ipv6.back() ^= 1;
    CHECK_FALSE(is_sound(ipv6));
}
