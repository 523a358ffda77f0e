// Valid frames, broken everywhere: none is answered that was harmed, and no byte is read behind the
// end (which the address sanitizer sees, as each frame lies in memory of its own size).
#include "given_processor.hpp"
#include "support/broken_packets.hpp"
#include "support/catch.hpp"

using namespace nanotune::test;
using namespace nanotune::datapath;

extern "C" int nt_test_ipv4(const nt_listen* listen, const nt_u8* frame, const nt_u8* end);
extern "C" int nt_test_ipv6(const nt_listen* listen, const nt_u8* frame, const nt_u8* end);

namespace {

template <typename Family>
void answer_no_harmed_frame(const PacketOptions& options) {
    GivenProcessor<Family> given({.listen = listening(options)});
    const Packet frame = packet(options);
    const auto whole = given.answers_to({frame});
    REQUIRE(whole.size() == 1);
    const auto uncovered = uncovered_bits(options);
    for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
        INFO("bit " << bit);
        const auto answers = given.answers_to({flipped(frame, bit)});
        if (uncovered.contains(bit)) {
            CHECK(answers == whole);  // as nothing in the answer comes from there
        } else {
            CHECK(answers.empty());
        }
    }
    CHECK(given.counters.received() == 1 + frame.size() * 8);
    CHECK(given.counted(nt_answered) == 1 + uncovered.size());
}

template <typename Family>
void answer_no_cut_frame(const PacketOptions& options) {
    GivenProcessor<Family> given({.listen = listening(options)});
    const Packet frame = packet(options);
    std::vector<Packet> pieces;
    for (std::size_t size = 0; size < frame.size(); ++size) {
        pieces.push_back(cut(frame, size));
    }
    CHECK(given.answers_to(pieces).empty());
    const std::size_t headers = frame.size() - options.payload.size();
    CHECK(given.counted(nt_runt) == headers);
    CHECK(given.counted(nt_length) == options.payload.size());
    CHECK(given.counters.received() == frame.size());
}

}  // namespace

TEST_CASE("no frame with a wrong bit is answered", "[datapath]") {
    for (const PacketOptions& options : valid_ipv4()) {
        answer_no_harmed_frame<Ipv4>(options);
    }
    for (const PacketOptions& options : valid_ipv6()) {
        answer_no_harmed_frame<Ipv6>(options);
    }
}

TEST_CASE("a frame that is cut off anywhere is counted as cut off and not answered", "[datapath]") {
    for (const PacketOptions& options : valid_ipv4()) {
        answer_no_cut_frame<Ipv4>(options);
    }
    for (const PacketOptions& options : valid_ipv6()) {
        answer_no_cut_frame<Ipv6>(options);
    }
}

TEST_CASE("C says of every broken frame what C++ says", "[datapath]") {
    const auto agree = [](const PacketOptions& options, bool is_ipv6) {
        const nt_listen listen = listening(options);
        const Packet frame = packet(options);
        for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
            const Packet broken = flipped(frame, bit);
            const nt_u8* const end = begin_of(broken) + broken.size();
            nt_datagram datagram{};
            const int here = is_ipv6
                                 ? nt_classify_ipv6(&listen, 0, begin_of(broken), end, &datagram)
                                 : nt_classify_ipv4(&listen, 0, begin_of(broken), end, &datagram);
            const int there = is_ipv6 ? nt_test_ipv6(&listen, begin_of(broken), end)
                                      : nt_test_ipv4(&listen, begin_of(broken), end);
            REQUIRE(here == there);
        }
    };
    agree(valid_ipv4()[0], false);
    agree(valid_ipv6()[0], true);
}
