// What the kernel's program says of frames, right ones and wrong ones: what the processor says.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "support/broken_packets.hpp"
#include "support/catch.hpp"
#include "xdp_both.hpp"

using namespace nanotune;
using namespace nanotune::datapath;
using namespace nanotune::test;

namespace {

/// What is odd about a frame of this shape in other ways than a bit.
std::vector<Packet> odd(const PacketOptions& shape) {
    std::vector<Packet> all;
    const auto add = [&](auto change) {
        PacketOptions options = shape;
        change(options);
        all.push_back(packet(options));
    };
    for (const int lie : {1, -1, -32, -25, -52, 60'000}) {
        add([lie](PacketOptions& options) { options.ip_length = lie; });
        add([lie](PacketOptions& options) { options.udp_length = lie; });
    }
    for (std::size_t size = 0; size < 200; ++size) {
        add([size](PacketOptions& options) {
            options.payload.assign(size, static_cast<std::uint8_t>(size * 37));
        });
    }
    add([](PacketOptions& options) { options.payload.assign(1400, 0xFF); });
    add([](PacketOptions& options) { options.payload.assign(1452, 0xFF); });
    for (const int fragment : {0, 0x2000, 0x0010, 0x2010, 0x4000}) {
        add([fragment](PacketOptions& options) {
            options.fragment = static_cast<std::uint16_t>(fragment);
        });
    }
    add([](PacketOptions& options) { options.has_udp_checksum = false; });
    add([](PacketOptions& options) { options.source_port = 0; });
    add([](PacketOptions& options) { options.port = 8081; });
    add([](PacketOptions& options) { options.to = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}; });
    add([](PacketOptions& options) { options.from = {}; });
    add([](PacketOptions& options) { options.tags.push_back(7); });
    add([](PacketOptions& options) { options.tags = {300, 200, 100}; });
    return all;
}

template <typename Family, typename Logic = Threshold>
void agree_on_shape(const PacketOptions& shape) {
    Both<Family, Logic> both(shape);
    const auto frames = broken(packet(shape), least_frame);
    CHECK(both.agree_on(frames.front()) == (Logic::answer_size == 0 ? nt_declined : nt_answered));
    CHECK(both.agree_on(frames) == frames.size());
    CHECK(both.agree_on(odd(shape)) > 200);
}

std::vector<Packet> fuzz_corpus() {
    std::vector<Packet> all;
    for (const auto& entry : std::filesystem::directory_iterator(NANOTUNE_PACKET_CORPUS)) {
        std::ifstream file(entry.path(), std::ios::binary);
        Packet bytes{std::istreambuf_iterator<char>(file), {}};
        if (bytes.size() > least_frame) {
            all.emplace_back(bytes.begin() + 1, bytes.end());  // the first byte is the target's
        }
    }
    return all;
}

/// The corpus with some bytes other than they are, the same each time.
std::vector<Packet> mutations(std::size_t count) {
    const auto corpus = fuzz_corpus();
    REQUIRE(corpus.size() > 10);
    std::minstd_rand dice(5);
    std::vector<Packet> all;
    for (std::size_t number = 0; number < count; ++number) {
        Packet frame = corpus[number % corpus.size()];
        for (auto left = dice() % 4; left > 0; --left) {
            frame[dice() % frame.size()] = static_cast<std::uint8_t>(dice() >> 8);
        }
        frame.resize(std::max<std::size_t>(least_frame, frame.size() - dice() % 8 % 3));
        all.push_back(std::move(frame));
    }
    return all;
}

}  // namespace

TEST_CASE("the kernel's program says of every IPv4 frame what the processor says", "[xdp]") {
    for (const PacketOptions& shape : valid_ipv4()) {
        agree_on_shape<Ipv4>(shape);
    }
    Both<Ipv4> both({});
    for (const char* source :
         {"0.0.0.0", "0.0.0.1", "127.0.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
          "255.255.255.255", "192.168.1.100", "223.255.255.254"}) {
        both.agree_on(packet({.source = source}));
    }
    both.agree_on(packet({.ip_options = {1, 1, 1, 1}}));
    both.agree_on(packet({.ip_options = {131, 7, 4, 10, 0, 0, 1, 0}}));
}

TEST_CASE("the kernel's program says of every IPv6 frame what the processor says", "[xdp]") {
    for (const PacketOptions& shape : valid_ipv6()) {
        agree_on_shape<Ipv6>(shape);
        Both<Ipv6> both(shape);
        for (const char* source :
             {"::", "::1", "ff02::1", "2001:db8::100", "fe80::1", "::ffff:192.0.2.1", "::2"}) {
            PacketOptions options = shape;
            options.source = source;
            both.agree_on(packet(options));
        }
    }
}

TEST_CASE("echo and discard are in the kernel what they are here", "[xdp]") {
    agree_on_shape<Ipv4, Echo>({});
    agree_on_shape<Ipv4, Discard>({});
    agree_on_shape<Ipv6, Echo>(valid_ipv6().front());
}

TEST_CASE("the kernel's program agrees on the fuzzer's corpus and what is made of it", "[xdp]") {
    const auto frames = mutations(10'000);
    Both<Ipv4> ipv4({});
    Both<Ipv6> ipv6(valid_ipv6().front());
    CHECK(ipv4.agree_on(frames) == frames.size());
    CHECK(ipv6.agree_on(frames) == frames.size());
}
