// Single packets as whoever looks at them sees them.
#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "datapath/worker/probes.hpp"
#include "given_processor.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune::test;
using namespace nanotune::datapath;

namespace {

struct Looked {
    explicit Looked(std::size_t slots = 1024) : given({.slots = slots}) {
        given.processor.trace_to(trace);
        is_on.set(1);
    }

    GivenIpv4 given;
    Counter is_on;
    Counter looks;
    TraceRing ring;
    ProbedTrace trace{is_on, looks, ring, 1'000'000'000, Sender::ipv4};
};

/// Handing over answers takes as long as this is told of it.
class SlowKicks final : public PacketTrace {
  public:
    explicit SlowKicks(const Counter& is_on) : PacketTrace(is_on) {}
    bool wants(std::size_t /*packets*/) noexcept override { return true; }
    void seen(std::span<const SeenPacket> packets) noexcept override {
        for (const SeenPacket& packet : packets) {
            took.at(known++) = packet.took;
        }
    }
    void kicked(std::size_t /*answers*/, std::size_t /*lost*/) noexcept override {
        const std::uint64_t began = ticks();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        kick = std::min(kick, ticks() - began);
    }

    std::array<std::uint64_t, 64> took{};
    std::size_t known = 0;
    std::uint64_t kick = UINT64_MAX;
};

}  // namespace

TEST_CASE("no packet's time has the handing over of answers in it", "[datapath]") {
    GivenIpv4 given({.slots = 1024});
    Counter is_on;
    is_on.set(1);
    SlowKicks kicks(is_on);
    given.processor.trace_to(kicks);
    CHECK(given.answers_to(std::vector<Packet>(kicks.took.size(), packet({}))).size() ==
          kicks.took.size());
    REQUIRE(kicks.known == kicks.took.size());
    CHECK(*std::ranges::max_element(kicks.took) < kicks.kick);
}

TEST_CASE("each packet of a look is told with its sender, its outcome and its time", "[datapath]") {
    Looked looked;
    looked.looks.add();
    Packet short_one = packet({.source_port = 7});
    short_one.resize(20);
    CHECK(
        looked.given.answers_to({packet({.source_port = 5}), packet({.source_port = 6}), short_one})
            .size() == 2);
    REQUIRE(looked.ring.written() == 3);
    std::uint64_t before = 0;
    for (const std::uint16_t port : std::array<std::uint16_t, 3>{5, 6, 0}) {
        const auto told = held(looked.ring.at(port == 0 ? 2 : port - 5));
        CHECK(told.port == nt_swap16(port));
        CHECK(told.outcome == (port == 0 ? nt_runt : nt_answered));
        CHECK(told.took > 0);
        CHECK(told.ended >= before + told.took);
        before = told.ended;
    }
    CHECK(looked.ring.passed() == 0);
}

TEST_CASE(
    "of a flood so many are told as the ring holds, from one look to the next, and all are counted",
    "[datapath]") {
    Looked looked;
    const std::vector<Packet> flood(1000, packet({}));
    for (std::uint64_t look = 1; look <= 3; ++look) {
        looked.looks.add();
        CHECK(looked.given.answers_to(flood).size() == flood.size());
        CHECK(looked.ring.written() == look * TraceRing::size);
        CHECK(looked.ring.written() + looked.ring.passed() == look * flood.size());
    }
    CHECK(looked.given.counted(nt_answered) == 3 * flood.size());
}
