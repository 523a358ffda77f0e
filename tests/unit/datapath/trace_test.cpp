// Single packets as whoever looks at them sees them.
#include <array>

#include "datapath/worker/probes.hpp"
#include "given_processor.hpp"
#include "support/catch.hpp"

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

}  // namespace

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
        const auto told = looked.ring.at(port == 0 ? 2 : port - 5);
        REQUIRE(told);
        CHECK(told->port == nt_swap16(port));
        CHECK(told->outcome == (port == 0 ? nt_runt : nt_answered));
        CHECK(told->took > 0);
        CHECK(told->ended >= before + told->took);
        before = told->ended;
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
