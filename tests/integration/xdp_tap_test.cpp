// The program that only looks, on frames that are put before it: each is passed on as it came, and
// what the header calls a segment for us, right or not, is in the ring.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "datapath/xdp/tap.h"
#include "datapath/xdp/tap_program.hpp"
#include "support/broken_packets.hpp"
#include "support/catch.hpp"
#include "support/listening.hpp"
#include "xdp_run.hpp"

using namespace nanotune;
using namespace nanotune::datapath;
using namespace nanotune::test;

namespace {

PacketOptions segment(PacketOptions options = {}) {
    options.tcp = TcpHead{};
    return options;
}

/// Judged here, by the same header.
bool may_be_ours(const nt_listen& listen, const Packet& frame) {
    nt_segment found{};
    constexpr nt_u32 trusted = nt_trust_header | nt_trust_transport;
    const nt_u8* const end = frame.data() + frame.size();
    return (listen.type == nt_swap16(nt_type_ipv4)
                ? nt_classify_tcp_ipv4(&listen, trusted, frame.data(), end, &found)
                : nt_classify_tcp_ipv6(&listen, trusted, frame.data(), end, &found)) != nt_bypassed;
}

class Tapped {
  public:
    explicit Tapped(const nt_listen& listen, std::size_t rings = 1)
        : listen_(listen), program_(loaded(listen, rings)) {}

    void pass(const Packet& frame) {
        const Ran ran = run_on(program_.program(), frame);
        REQUIRE(ran.verdict == XDP_PASS);
        REQUIRE(ran.left == frame);
    }
    /// What is in the ring by now.
    std::vector<Packet> taken(std::size_t ring = 0) {
        std::vector<Packet> all;
        std::array<Frame, 7> burst;
        while (const std::size_t count = program_.rings()[ring].receive(burst)) {
            for (std::size_t at = 0; at < count; ++at) {
                all.emplace_back(burst[at].data, burst[at].data + burst[at].length);
            }
            program_.rings()[ring].release(std::span(burst).first(count));
        }
        return all;
    }
    /// Of these each that may be ours is handed over, and no other. How many those are.
    std::size_t agree_on(const std::vector<Packet>& frames) {
        std::size_t ours = 0;
        for (const Packet& frame : frames) {
            pass(frame);
            const auto handed = taken();
            INFO("of " << frame.size() << " bytes");
            const std::vector<Packet> expected(may_be_ours(listen_, frame) ? 1 : 0, frame);
            REQUIRE(handed == expected);
            ours += handed.size();
        }
        return ours;
    }
    TapProgram& program() { return program_; }

  private:
    static TapProgram loaded(const nt_listen& listen, std::size_t rings) {
        auto program = TapProgram::load(listen, rings, [](std::size_t) { return Status(); });
        if (!program) {
            FAIL(program.error().message);
        }
        return *std::move(program);
    }
    nt_listen listen_;
    TapProgram program_;
};

/// Of the fuzzer's corpus: rows of frames, each with two bytes of length before it.
std::vector<Packet> corpus() {
    std::vector<Packet> all;
    for (const auto& entry : std::filesystem::directory_iterator(NANOTUNE_TRACKER_CORPUS)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const Packet bytes{std::istreambuf_iterator<char>(file), {}};
        for (std::size_t at = 1; at + 2 <= bytes.size();) {
            const std::size_t length = bytes[at] | std::size_t{bytes[at + 1]} << 8;
            const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at + 2);
            at = std::min(at + 2 + length, bytes.size());
            all.emplace_back(begin, bytes.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
    return all;
}

}  // namespace

TEST_CASE("the program that looks passes every frame on, and hands over what may be ours",
          "[xdp]") {
    for (PacketOptions shape : valid_ipv4()) {
        shape.payload.insert(shape.payload.end(), 300, 0x5A);
        Tapped tapped(listening(shape));
        CHECK(tapped.agree_on(broken(packet(segment(shape)), least_frame)) > 1000);
        CHECK(tapped.agree_on({packet(shape)}) == 0);  // UDP
    }
    for (const PacketOptions& shape : valid_ipv6()) {
        Tapped tapped(listening(shape));
        CHECK(tapped.agree_on(broken(packet(segment(shape)), least_frame)) > 300);
    }
}

TEST_CASE("segments in error are handed over for the worker to count", "[xdp]") {
    Tapped tapped(listening());
    const auto each = {segment({.fragment = 0x2000}), segment({.ip_options = {1, 1, 1, 1}}),
                       segment({.ip_length = -1}),    segment({.ip_length = 2000}),
                       segment({.source_port = 0}),   segment({.source = "127.0.0.1"})};
    for (const PacketOptions& options : each) {
        CHECK(tapped.agree_on({packet(options)}) == 1);
    }
    CHECK(tapped.agree_on({packet(segment({.port = 8081}))}) == 0);
    CHECK(tapped.agree_on({packet(segment({.destination = "192.168.1.101"}))}) == 0);
}

TEST_CASE("what the fuzzer makes of segments is handed over or not as the header says", "[xdp]") {
    const auto frames = corpus();
    REQUIRE(frames.size() > 10);
    std::minstd_rand dice(3);
    std::vector<Packet> mutations;
    for (std::size_t number = 0; number < 5'000; ++number) {
        Packet frame = frames[number % frames.size()];
        for (auto left = dice() % 4; left > 0; --left) {
            frame[dice() % frame.size()] = static_cast<std::uint8_t>(dice() >> 8);
        }
        frame.resize(std::max<std::size_t>(least_frame, frame.size() - dice() % 8 % 3));
        mutations.push_back(std::move(frame));
    }
    Tapped ipv4(listening());
    CHECK(ipv4.agree_on(mutations) > 100);
    Tapped ipv6(listening(valid_ipv6().front()));
    CHECK(ipv6.agree_on(mutations) > 100);
}

TEST_CASE("frames of every length up to the MTU's are handed over whole", "[xdp]") {
    Tapped tapped(listening());
    std::vector<Packet> frames;
    for (std::size_t size = 0; size <= 1460; size += size < 220 ? 1 : 31) {
        frames.push_back(packet(segment({.payload = Packet(size, 0x5A)})));
    }
    frames.push_back(packet(segment({.payload = Packet(1460, 0xA5)})));
    CHECK(tapped.agree_on(frames) == frames.size());
    tapped.pass(packet(segment({.payload = Packet(3000, 0x5A)})));
    CHECK(tapped.taken().empty());
    CHECK(tapped.program().lost(0) == 1);  // and said to be
}

TEST_CASE("a ring that is full loses frames, counts them, and has room again", "[xdp]") {
    Tapped tapped(listening());
    const Packet frame = packet(segment({.payload = Packet(1400, 0x5A)}));
    const std::size_t most = TapRing::size / 2048;
    for (std::size_t turn = 1; turn <= 2; ++turn) {
        std::size_t sent = 0;
        const auto lost = tapped.program().lost(0);
        while (tapped.program().lost(0) == lost) {
            tapped.pass(frame);
            ++sent;
            REQUIRE(sent <= most + 1);
        }
        CHECK(tapped.program().rings()[0].waiting() > TapRing::size - 4096);
        CHECK(tapped.taken() == std::vector(sent - 1, frame));
        CHECK(tapped.program().rings()[0].waiting() == 0);
    }
}

TEST_CASE("each sender keeps to one ring of several", "[xdp]") {
    constexpr std::size_t rings = 4;
    for (const PacketOptions& shape : {PacketOptions{}, valid_ipv6().front()}) {
        Tapped tapped(listening(shape), rings);
        const std::string front = shape.source.substr(0, shape.source.size() - 1);
        for (int turn = 0; turn < 3; ++turn) {
            for (std::uint16_t sender = 0; sender < 64; ++sender) {
                PacketOptions options = segment(shape);
                options.source = front + std::to_string(1 + sender % 8);
                options.source_port = static_cast<std::uint16_t>(1000 + sender);
                tapped.pass(packet(options));
            }
        }
        std::map<Packet, int> times;
        std::set<std::size_t> used;
        for (std::size_t ring = 0; ring < rings; ++ring) {
            std::map<Packet, int> here;
            for (const Packet& frame : tapped.taken(ring)) {
                ++here[frame];
                used.insert(ring);
            }
            for (const auto& [frame, count] : here) {
                CHECK(count == 3);
                ++times[frame];
            }
        }
        CHECK(times.size() == 64);
        CHECK(used.size() == rings);
    }
}
