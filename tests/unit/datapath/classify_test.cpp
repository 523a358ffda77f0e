// What becomes of packets that are somebody else's, in error, or odd.
#include "given_processor.hpp"
#include "support/catch.hpp"

using namespace nanotune::test;

namespace {

nt_outcome outcome_of(const Packet& frame, const nt_listen& listen = listening()) {
    nt_datagram datagram{};
    const nt_u8* const end = begin_of(frame) + frame.size();
    return listen.type == nt_swap16(nt_type_ipv4)
               ? nt_classify_ipv4(&listen, 0, begin_of(frame), end, &datagram)
               : nt_classify_ipv6(&listen, 0, begin_of(frame), end, &datagram);
}

nt_outcome outcome_with(const PacketOptions& options) {
    return outcome_of(packet(options));
}

const PacketOptions ipv6{.source = "2001:db8::50", .destination = "2001:db8::100"};

Packet changed(Packet frame, std::size_t at, std::uint8_t byte) {
    frame.at(at) = byte;
    return frame;
}

Packet with_ipv6_source(const std::string& source) {
    PacketOptions options = ipv6;
    options.source = source;
    return packet(options);
}

}  // namespace

TEST_CASE("packets of others are left to the kernel", "[datapath]") {
    CHECK(outcome_with({.to = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}}) == nt_bypassed);
    CHECK(outcome_with({.to = {0x02, 0, 0, 0, 0, 0x03}}) == nt_bypassed);
    CHECK(outcome_with({.destination = "192.168.1.101"}) == nt_bypassed);
    CHECK(outcome_with({.port = 8081}) == nt_bypassed);
    CHECK(outcome_with({.tags = {100}}) == nt_bypassed);
    CHECK(outcome_with(ipv6) == nt_bypassed);
    CHECK(outcome_of(changed(packet({}), 23, 1)) == nt_bypassed);     // ICMP
    CHECK(outcome_of(changed(packet({}), 23, 6)) == nt_bypassed);     // TCP
    CHECK(outcome_of(changed(packet({}), 13, 0x06)) == nt_bypassed);  // ARP
    CHECK(nt_is_left_to_kernel(nt_bypassed));
    CHECK(nt_is_error(nt_bypassed) == 0);
}

TEST_CASE("an error in somebody else's packet is not ours", "[datapath]") {
    CHECK(outcome_with({.port = 8081, .ip_length = 7}) == nt_bypassed);
    CHECK(outcome_with({.port = 8081, .payload = {}}) == nt_bypassed);
    CHECK(outcome_with({.destination = "192.168.1.101", .fragment = 0x2000}) == nt_bypassed);
    CHECK(outcome_with({.destination = "192.168.1.101", .ip_options = {1, 1, 1, 1}}) ==
          nt_bypassed);
}

TEST_CASE("market data to us is taken", "[datapath]") {
    CHECK(outcome_with({}) == nt_answered);
    CHECK(outcome_of(packet(ipv6), listening(ipv6)) == nt_answered);
}

TEST_CASE("of a group's datapath its packets are ours, and none to the host itself", "[datapath]") {
    nt_listen listen = listening();
    listen.link[1] = 0x0101015E0001;  // 01:00:5e:01:01:01, lowest byte first
    const Packet group = address_bytes("239.1.1.1");
    std::ranges::copy(group, listen.address[1]);
    const PacketOptions to_group{.to = {0x01, 0x00, 0x5E, 0x01, 0x01, 0x01},
                                 .destination = "239.1.1.1"};
    CHECK(outcome_of(packet(to_group), listen) == nt_answered);
    CHECK(outcome_of(packet({}), listen) == nt_bypassed);
    CHECK(outcome_of(packet(to_group)) == nt_bypassed);
}

TEST_CASE("frames with the wanted VLAN tags are ours, and no others", "[datapath]") {
    const PacketOptions one{.tags = {100}};
    const PacketOptions two{.tags = {200, 100}};
    CHECK(outcome_of(packet(one), listening(one)) == nt_answered);
    CHECK(outcome_of(packet(two), listening(two)) == nt_answered);
    CHECK(outcome_of(packet({}), listening(one)) == nt_bypassed);
    CHECK(outcome_of(packet(two), listening(one)) == nt_bypassed);
    CHECK(outcome_of(packet(one), listening(two)) == nt_bypassed);
    CHECK(outcome_of(packet({.tags = {101}}), listening(one)) == nt_bypassed);
    CHECK(outcome_of(packet({.tags = {100, 200}}), listening(two)) == nt_bypassed);
    CHECK(outcome_of(packet({.tags = {200, 100, 100}}), listening(two)) == nt_bypassed);
    // A priority in the tag changes nothing.
    CHECK(outcome_of(changed(packet(one), 14, 0xE0), listening(one)) == nt_answered);
}

TEST_CASE("lengths that contradict each other are errors", "[datapath]") {
    CHECK(outcome_with({.ip_length = 1}) == nt_length);
    CHECK(outcome_with({.ip_length = -1}) == nt_length);
    CHECK(outcome_with({.ip_length = -32}) == nt_length);  // less than its own headers
    CHECK(outcome_with({.ip_length = -52}) == nt_length);
    CHECK(outcome_with({.ip_length = 60'000}) == nt_length);
    CHECK(outcome_with({.udp_length = 1}) == nt_length);
    CHECK(outcome_with({.udp_length = -1}) == nt_length);
    CHECK(outcome_with({.udp_length = -32}) == nt_length);
    for (const int lie : {1, -1, -32, -25, 60'000}) {
        PacketOptions options = ipv6;
        options.ip_length = lie;
        CHECK(outcome_of(packet(options), listening(ipv6)) == nt_length);
        options.ip_length = 0;
        options.udp_length = lie;
        CHECK(outcome_of(packet(options), listening(ipv6)) == nt_length);
    }
}

TEST_CASE("padding behind the packet is none of it", "[datapath]") {
    Packet frame = packet({});
    frame.insert(frame.end(), 18, 0xEE);
    CHECK(outcome_of(frame) == nt_answered);
}

TEST_CASE("checksums are told apart, and trusted where that is set", "[datapath]") {
    const Packet header = changed(packet({}), 24, 0xAB);
    const Packet payload = changed(packet({}), 50, 0xAB);
    CHECK(outcome_of(header) == nt_header_checksum);
    CHECK(outcome_of(payload) == nt_transport_checksum);
    nt_listen listen = listening();
    listen.trust = nt_trust_header;
    CHECK(outcome_of(header, listen) == nt_answered);
    CHECK(outcome_of(payload, listen) == nt_transport_checksum);
    listen.trust = nt_trust_transport;
    CHECK(outcome_of(header, listen) == nt_header_checksum);
    CHECK(outcome_of(payload, listen) == nt_answered);
}

TEST_CASE("only IPv4 does without a checksum", "[datapath]") {
    CHECK(outcome_with({.has_udp_checksum = false}) == nt_answered);
    PacketOptions options = ipv6;
    options.has_udp_checksum = false;
    CHECK(outcome_of(packet(options), listening(ipv6)) == nt_transport_checksum);
}

TEST_CASE("payloads of every length have the right checksum", "[datapath]") {
    for (std::size_t size = 24; size < 200; ++size) {
        Packet payload(size);
        for (std::size_t at = 0; at < size; ++at) {
            payload[at] = static_cast<std::uint8_t>(at * 37 + size);
        }
        CHECK(outcome_with({.payload = payload}) == nt_answered);
        Packet wrong = packet({.payload = payload});
        wrong.back() ^= 0x10;
        CHECK(outcome_of(wrong) == nt_transport_checksum);
    }
    CHECK(outcome_with({.payload = Packet(1472, 0xFF)}) == nt_answered);
}

TEST_CASE("fragments are left to the kernel", "[datapath]") {
    CHECK(outcome_with({.fragment = 0x2000}) == nt_fragment);  // the first of several
    CHECK(outcome_with({.fragment = 0x0010}) == nt_fragment);  // the last
    CHECK(outcome_with({.fragment = 0x2010}) == nt_fragment);
    CHECK(outcome_with({.fragment = 0}) == nt_answered);
    CHECK(outcome_of(changed(packet(ipv6), 20, 44), listening(ipv6)) == nt_fragment);
}

TEST_CASE("options are left to the kernel", "[datapath]") {
    CHECK(outcome_with({.ip_options = {1, 1, 1, 1}}) == nt_options);
    CHECK(outcome_with({.ip_options = {131, 7, 4, 10, 0, 0, 1, 0}}) ==
          nt_options);  // a source route
    for (const nt_u8 header : {nt_u8{0}, nt_u8{43}, nt_u8{51}, nt_u8{60}}) {
        CHECK(outcome_of(changed(packet(ipv6), 20, header), listening(ipv6)) == nt_options);
    }
    CHECK(outcome_of(changed(packet(ipv6), 20, 58), listening(ipv6)) == nt_bypassed);  // ICMPv6
}

TEST_CASE("another version under IP's Ethernet type is an error", "[datapath]") {
    CHECK(outcome_of(changed(packet({}), 14, 0x65)) == nt_version);
    CHECK(outcome_of(changed(packet(ipv6), 14, 0x40), listening(ipv6)) == nt_version);
    CHECK(outcome_of(changed(packet({}), 14, 0x44)) == nt_runt);  // a header of four words
}

TEST_CASE("less than one message is an error", "[datapath]") {
    for (std::size_t size = 0; size < 24; ++size) {
        CHECK(outcome_with({.payload = Packet(size, 1)}) == nt_short_payload);
    }
}

TEST_CASE("nobody answers who cannot have asked", "[datapath]") {
    CHECK(outcome_with({.source = "0.0.0.0"}) == nt_zero_source);
    CHECK(outcome_with({.source_port = 0}) == nt_zero_source);
    for (const char* source : {"0.0.0.1", "127.0.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
                               "255.255.255.255", "192.168.1.100"}) {
        INFO(source);
        CHECK(outcome_with({.source = source}) == nt_martian_source);
    }
    for (const char* source : {"1.0.0.1", "126.0.0.1", "128.0.0.1", "223.255.255.254"}) {
        INFO(source);
        CHECK(outcome_with({.source = source}) == nt_answered);
    }
    CHECK(outcome_of(with_ipv6_source("::"), listening(ipv6)) == nt_zero_source);
    for (const char* source :
         {"::1", "ff02::1", "2001:db8::100", "::ffff:192.0.2.1", "::ffff:0.0.0.0"}) {
        INFO(source);
        CHECK(outcome_of(with_ipv6_source(source), listening(ipv6)) == nt_martian_source);
    }
    for (const char* source : {"fe80::1", "::2", "::fffe:192.0.2.1", "64:ff9b::192.0.2.1"}) {
        INFO(source);
        CHECK(outcome_of(with_ipv6_source(source), listening(ipv6)) == nt_answered);
    }
}

TEST_CASE("errors are ours, bar those that only the kernel can judge", "[datapath]") {
    for (int number = 0; number < nt_outcomes; ++number) {
        const auto outcome = static_cast<nt_outcome>(number);
        CHECK((nt_is_left_to_kernel(outcome) != 0) == (number < nt_length));
    }
    CHECK(nt_is_error(nt_transmit_full) != 0);
    CHECK(nt_is_error(nt_runt) == 0);
    CHECK(nt_is_error(nt_withheld) == 0);
    CHECK(nt_is_error(nt_answered) == 0);
}
