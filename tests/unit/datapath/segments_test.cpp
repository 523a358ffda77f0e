// TCP segments, whole and broken everywhere: none is right that was harmed, and no byte is read
// behind the end (which the address sanitizer sees, as each frame lies in memory of its own size).
#include "datapath/packet/packet.h"
#include "support/broken_packets.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"
#include "support/listening.hpp"

using namespace nanotune::test;

extern "C" int nt_test_tcp_ipv4(const nt_listen* listen, const nt_u8* frame, const nt_u8* end);
extern "C" int nt_test_tcp_ipv6(const nt_listen* listen, const nt_u8* frame, const nt_u8* end);

namespace {

std::vector<PacketOptions> valid_segments() {
    std::vector<PacketOptions> all;
    for (const auto& shapes : {valid_ipv4(), valid_ipv6()}) {
        for (PacketOptions options : shapes) {
            options.tcp = TcpHead{.sequence = 0xFFFF'FFF0};
            all.push_back(options);
            options.tcp->options = {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2};
            all.push_back(options);
        }
    }
    return all;
}

/// Here, and in C, which must say the same.
nt_outcome outcome_of(const nt_listen& listen, const Packet& frame, nt_segment& found) {
    const nt_u8* const end = begin_of(frame) + frame.size();
    const bool is_ipv4 = listen.type == nt_swap16(nt_type_ipv4);
    const nt_outcome here = is_ipv4
                                ? nt_classify_tcp_ipv4(&listen, 0, begin_of(frame), end, &found)
                                : nt_classify_tcp_ipv6(&listen, 0, begin_of(frame), end, &found);
    const int there = is_ipv4 ? nt_test_tcp_ipv4(&listen, begin_of(frame), end)
                              : nt_test_tcp_ipv6(&listen, begin_of(frame), end);
    REQUIRE(here == there);
    return here;
}

nt_outcome outcome_of(const PacketOptions& options, const Packet& frame) {
    nt_segment found{};
    return outcome_of(listening(options), frame, found);
}

nt_outcome outcome_with(PacketOptions options) {
    options.tcp = TcpHead{};
    return outcome_of({}, packet(options));
}

}  // namespace

TEST_CASE("what is in a segment is found behind tags, addresses and options", "[datapath][tcp]") {
    for (const PacketOptions& options : valid_segments()) {
        const Packet frame = packet(options);
        nt_segment found{};
        REQUIRE(outcome_of(listening(options), frame, found) == nt_answered);
        CHECK(Packet(found.payload, found.payload + found.payload_length) == options.payload);
        CHECK(found.payload + found.payload_length == begin_of(frame) + frame.size());
        const TcpHead head = held(options.tcp);
        CHECK(found.sequence == head.sequence);
        CHECK(found.flags == head.flags);
        CHECK(nt_swap16(found.source_port) == options.source_port);
        const Packet source = address_bytes(options.source);
        CHECK(Packet(found.source, found.source + source.size()) == source);
    }
}

TEST_CASE("no segment with a wrong bit is right", "[datapath][tcp]") {
    for (const PacketOptions& options : valid_segments()) {
        const Packet frame = packet(options);
        const auto uncovered = uncovered_bits(options);
        for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
            INFO("bit " << bit);
            CHECK((outcome_of(options, flipped(frame, bit)) == nt_answered) ==
                  uncovered.contains(bit));
        }
    }
}

TEST_CASE("a segment that is cut off anywhere is counted as cut off", "[datapath][tcp]") {
    for (const PacketOptions& options : valid_segments()) {
        const Packet frame = packet(options);
        const std::size_t headers =
            frame.size() - options.payload.size() - held(options.tcp).options.size();
        for (std::size_t size = 0; size < frame.size(); ++size) {
            INFO(size << " bytes");
            CHECK(outcome_of(options, cut(frame, size)) == (size < headers ? nt_runt : nt_length));
        }
    }
}

TEST_CASE("segments in error are told from those of others", "[datapath][tcp]") {
    CHECK(outcome_with({}) == nt_answered);
    CHECK(outcome_with({.port = 8081}) == nt_bypassed);
    CHECK(outcome_with({.destination = "192.168.1.101"}) == nt_bypassed);
    CHECK(outcome_of({}, packet({})) == nt_bypassed);  // UDP
    CHECK(outcome_with({.fragment = 0x2000}) == nt_fragment);
    CHECK(outcome_with({.ip_options = {1, 1, 1, 1}}) == nt_options);
    CHECK(outcome_with({.ip_length = 1}) == nt_length);
    CHECK(outcome_with({.ip_length = -1}) == nt_transport_checksum);
    CHECK(outcome_with({.ip_length = -25}) == nt_length);
    CHECK(outcome_with({.source_port = 0}) == nt_zero_source);
    CHECK(outcome_with({.source = "127.0.0.1"}) == nt_martian_source);
    Packet lying = packet([] {
        PacketOptions options;
        options.tcp = TcpHead{};
        return options;
    }());
    lying[14 + 20 + 12] = 0xF0;  // a header of 60 bytes
    CHECK(outcome_of({}, lying) == nt_length);
    lying[14 + 20 + 12] = 0x40;  // of 16, which is less than a header
    CHECK(outcome_of({}, lying) == nt_length);
}
