// Packets that a few words tell apart from all others: of each of them every check says the same.
#include "support/broken_packets.hpp"
#include "support/catch.hpp"
#include "support/listening.hpp"

using namespace nanotune::test;

namespace {

bool is_usual(const nt_listen& listen, const Packet& frame, nt_u32 trust = 0) {
    const nt_usual usual = nt_usual_of(&listen);
    return nt_is_usual(&usual, trust, begin_of(frame), static_cast<nt_u32>(frame.size())) != 0;
}

nt_outcome outcome_of(const nt_listen& listen, const Packet& frame, nt_u32 trust = 0) {
    nt_datagram datagram{};
    return nt_classify_ipv4(&listen, trust, begin_of(frame), begin_of(frame) + frame.size(),
                            &datagram);
}

}  // namespace

TEST_CASE("one message alone behind plain headers is a usual packet", "[datapath]") {
    CHECK(is_usual(listening(), packet({})));
    CHECK(is_usual(listening(), packet({.fragment = 0})));  // and may be cut up on its way
    CHECK_FALSE(is_usual(listening({.tags = {7}}), packet({.tags = {7}})));
    CHECK_FALSE(is_usual(listening(), packet({.ip_options = {1, 1, 1, 1}})));
    CHECK_FALSE(is_usual(listening(), packet({.payload = Packet(25)})));
    CHECK_FALSE(is_usual(listening(), packet({.has_udp_checksum = false})));
    const PacketOptions ipv6{.source = "fd00::1", .destination = "fd00::2"};
    CHECK_FALSE(is_usual(listening(ipv6), packet(ipv6)));
}

TEST_CASE("packets to a group are the usual ones where there is one", "[datapath]") {
    const PacketOptions to_group{.to = {0x01, 0, 0x5E, 1, 2, 3}, .destination = "239.1.2.3"};
    nt_listen listen = listening();
    const nt_listen group = listening(to_group);
    listen.link[1] = group.link[1];
    std::ranges::copy(group.address[1], listen.address[1]);
    CHECK(is_usual(listen, packet(to_group)));
    CHECK_FALSE(is_usual(listen, packet({})));
    CHECK(outcome_of(listen, packet({})) == nt_bypassed);
}

TEST_CASE("a packet in which anything is wrong is not usual", "[datapath]") {
    const auto no_more_than_right = [](const Packet& frame) {
        for (const nt_u32 trust : {0U, nt_u32{nt_trust_header}, nt_u32{nt_trust_transport}, 3U}) {
            const nt_outcome outcome = outcome_of(listening(), frame, trust);
            const bool is_known =
                outcome == nt_answered || outcome == nt_zero_source || outcome == nt_martian_source;
            CHECK((is_known || !is_usual(listening(), frame, trust)));
        }
    };
    const Packet frame = packet({});
    for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
        INFO("bit " << bit);
        no_more_than_right(flipped(frame, bit));
    }
    for (std::size_t size = 0; size < frame.size(); ++size) {
        INFO("cut after " << size);
        no_more_than_right(cut(frame, size));
        CHECK_FALSE(is_usual(listening(), cut(frame, size)));
    }
    for (const int wrong : {-20, -1, 1, 20}) {
        CHECK_FALSE(is_usual(listening(), packet({.ip_length = wrong})));
        CHECK_FALSE(is_usual(listening(), packet({.udp_length = wrong})));
    }
}
