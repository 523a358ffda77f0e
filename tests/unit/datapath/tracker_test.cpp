// Connections as the tracker sees them: from the side that comes in.
#include "datapath/tracker/tracker.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace nanotune::datapath;

namespace {

using Bytes = std::vector<std::uint8_t>;

/// Messages whose first byte says which one it is.
Bytes messages(std::uint8_t first, std::size_t count) {
    Bytes bytes;
    for (std::size_t at = 0; at < count; ++at) {
        bytes.push_back(static_cast<std::uint8_t>(first + at));
        bytes.insert(bytes.end(), nt_market_data_size - 1, 0xEE);
    }
    return bytes;
}

struct Segment {
    Bytes data = {};
    std::uint8_t flags = nt_tcp_ack;
};

/// One sender, whose sequence numbers begin shortly before they wrap.
struct Peer {
    std::uint16_t port = 0x1234;
    std::uint32_t first = 0xFFFF'FFF0;
    std::array<std::uint8_t, 4> address{192, 0, 2, 7};

    /// `at` is the place in the stream, 1 for the first byte.
    [[nodiscard]] nt_segment segment(std::uint32_t at, const Segment& what) const {
        return {.source = address.data(),
                .payload = what.data.data(),
                .payload_length = static_cast<std::uint32_t>(what.data.size()),
                .sequence = first + at,
                .source_port = port,
                .flags = what.flags};
    }
};

struct Watched {
    Connections counted{};
    Tracker tracker;
    std::uint64_t now = 100;

    explicit Watched(const TrackerOptions& options = {.connections = 4})
        : tracker(options, counted) {}

    SegmentKind see(const Peer& peer, std::uint32_t at, const Segment& what = {}) {
        Tracker::Seen seen = tracker.see(peer.segment(at, what), now);
        for (auto next = tracker.next_message(seen); next.data != nullptr;
             next = tracker.next_message(seen)) {
            heard += next.length == nt_market_data_size ? std::to_string(next.data[0])
                                                        : "cut" + std::to_string(next.length);
            heard += " ";
        }
        return seen.kind;
    }
    void establish(const Peer& peer) {
        REQUIRE(see(peer, 0, {.flags = nt_tcp_syn}) == SegmentKind::quiet);
        REQUIRE(see(peer, 1) == SegmentKind::quiet);
    }
    std::string heard;
};

Bytes part(const Bytes& whole, std::size_t from, std::size_t to) {
    return {whole.begin() + static_cast<std::ptrdiff_t>(from),
            whole.begin() + static_cast<std::ptrdiff_t>(to)};
}

}  // namespace

TEST_CASE("messages are found however segments cut them", "[datapath][tracker]") {
    const Bytes stream = messages(1, 6);
    for (std::size_t cut = 1; cut <= stream.size(); ++cut) {
        Watched watched;
        const Peer peer;
        watched.establish(peer);
        for (std::size_t at = 0; at < stream.size(); at += cut) {
            const std::size_t end = std::min(at + cut, stream.size());
            CHECK(watched.see(peer, static_cast<std::uint32_t>(1 + at),
                              {.data = part(stream, at, end)}) == SegmentKind::data);
        }
        CHECK(watched.heard == "1 2 3 4 5 6 ");
        CHECK(watched.counted.gaps.now() + watched.counted.duplicates.now() == 0);
    }
}

TEST_CASE("behind a gap the next whole message is found again", "[datapath][tracker]") {
    const Bytes stream = messages(1, 5);
    Watched watched;
    const Peer peer;
    watched.establish(peer);
    watched.see(peer, 1, {.data = part(stream, 0, 30)});    // all of 1, some of 2
    watched.see(peer, 41, {.data = part(stream, 40, 80)});  // the end of 2, all of 3, some of 4
    watched.see(peer, 81, {.data = part(stream, 80, 120)});
    CHECK(watched.heard == "1 3 4 5 ");
    CHECK(watched.counted.gaps.now() == 1);
    CHECK(watched.counted.missed.now() == 10);
    // What comes too late for it is no news.
    CHECK(watched.see(peer, 31, {.data = part(stream, 30, 40)}) == SegmentKind::duplicate);
    CHECK(watched.heard == "1 3 4 5 ");
}

TEST_CASE("what is sent again is counted, and not heard again", "[datapath][tracker]") {
    const Bytes stream = messages(1, 3);
    Watched watched;
    const Peer peer;
    watched.establish(peer);
    watched.see(peer, 1, {.data = part(stream, 0, 48)});
    CHECK(watched.see(peer, 1, {.data = part(stream, 0, 48)}) == SegmentKind::duplicate);
    CHECK(watched.see(peer, 25, {.data = part(stream, 24, 72)}) == SegmentKind::data);
    CHECK(watched.see(peer, 72) == SegmentKind::quiet);  // a probe that asks whether we are there
    CHECK(watched.heard == "1 2 3 ");
    CHECK(watched.counted.duplicates.now() == 2);
}

TEST_CASE("data of a connection that nobody saw begin are unknown", "[datapath][tracker]") {
    Watched watched;
    const Peer peer;
    CHECK(watched.see(peer, 1, {.data = messages(1, 1)}) == SegmentKind::unknown);
    CHECK(watched.see(peer, 1) == SegmentKind::out_of_state);
    CHECK(watched.heard.empty());
    CHECK(watched.tracker.active() == 0);
}

TEST_CASE("what a connection cannot send now changes nothing", "[datapath][tracker]") {
    Watched watched;
    const Peer peer;
    REQUIRE(watched.see(peer, 0, {.flags = nt_tcp_syn}) == SegmentKind::quiet);
    CHECK(watched.see(peer, 9, {.data = messages(9, 1)}) == SegmentKind::out_of_state);
    CHECK(watched.see(peer, 1, {.data = messages(1, 1)}) == SegmentKind::data);
    CHECK(watched.see(peer, 0, {.flags = nt_tcp_syn}) == SegmentKind::out_of_state);
    CHECK(watched.see(peer, 24, {.flags = nt_tcp_reset}) == SegmentKind::out_of_state);
    CHECK(watched.see(peer, 1U << 30, {.data = messages(9, 1)}) == SegmentKind::out_of_state);
    CHECK(watched.see(peer, 25, {.data = messages(9, 1), .flags = 0}) == SegmentKind::out_of_state);
    CHECK(watched.see(peer, 25, {.data = messages(2, 1)}) == SegmentKind::data);
    CHECK(watched.heard == "1 2 ");
    CHECK(watched.counted.out_of_state.now() == 5);
    CHECK(watched.see(peer, 49, {.flags = nt_tcp_reset}) == SegmentKind::quiet);
    CHECK(watched.tracker.active() == 0);
}

TEST_CASE("an end is followed, and what comes behind it is strange", "[datapath][tracker]") {
    Watched watched;
    const Peer peer;
    watched.establish(peer);
    Bytes last = messages(1, 1);
    last.insert(last.end(), 5, 0xEE);
    CHECK(watched.see(peer, 1, {.data = last, .flags = nt_tcp_ack | nt_tcp_fin}) ==
          SegmentKind::data);
    CHECK(watched.heard == "1 cut5 ");
    CHECK(watched.see(peer, 31) == SegmentKind::quiet);
    CHECK(watched.see(peer, 31, {.data = messages(2, 1)}) == SegmentKind::out_of_state);
    CHECK(watched.counted.closed.now() == 1);
    watched.establish(peer);  // the same two once more
    CHECK(watched.tracker.active() == 1);
}

TEST_CASE("SYNs alone push out nothing that is established", "[datapath][tracker]") {
    Watched watched;
    std::vector<Peer> kept;
    for (std::uint16_t port = 1; port <= 3; ++port) {
        kept.push_back({.port = port});
        watched.establish(kept.back());
    }
    for (std::uint32_t number = 0; number < 100'000; ++number) {
        Peer stranger{.port = static_cast<std::uint16_t>(100 + number % 60'000)};
        stranger.address[0] = static_cast<std::uint8_t>(number % 200);
        watched.see(stranger, 0, {.flags = nt_tcp_syn});
    }
    for (const Peer& peer : kept) {
        CHECK(watched.see(peer, 1, {.data = messages(1, 1)}) == SegmentKind::data);
    }
    CHECK(watched.tracker.active() == 4);
    CHECK(watched.counted.evicted.now() > 90'000);
    // And one that goes on to speak gets the place of those that do not.
    watched.establish({.port = 7});
    CHECK(watched.see({.port = 8}, 0, {.flags = nt_tcp_syn}) == SegmentKind::refused);
    CHECK(watched.counted.refused.now() == 1);
}

TEST_CASE("where nobody makes room the new one is refused", "[datapath][tracker]") {
    Watched watched({.connections = 2, .when_full = FullTable::refuse});
    watched.see({.port = 1}, 0, {.flags = nt_tcp_syn});
    watched.see({.port = 2}, 0, {.flags = nt_tcp_syn});
    CHECK(watched.see({.port = 3}, 0, {.flags = nt_tcp_syn}) == SegmentKind::refused);
    watched.now += 6;  // half-open ones have five seconds
    watched.tracker.expire(watched.now);
    CHECK(watched.counted.expired.now() == 2);
    CHECK(watched.see({.port = 3}, 0, {.flags = nt_tcp_syn}) == SegmentKind::quiet);
}

TEST_CASE("idle connections expire, and all are forgotten by order", "[datapath][tracker]") {
    Watched watched({.connections = 8, .idle_after = 10});
    for (std::uint16_t port = 1; port <= 3; ++port) {
        watched.establish({.port = port});
    }
    watched.now += 8;
    watched.see({.port = 2}, 1, {.data = messages(1, 1)});
    // A probe: the other kernel asks whether we are there.
    CHECK(watched.see({.port = 3}, 0) == SegmentKind::quiet);
    watched.now += 8;
    watched.tracker.expire(watched.now);
    CHECK(watched.tracker.active() == 2);
    CHECK(watched.counted.expired.now() == 1);
    CHECK(watched.see({.port = 2}, 25, {.data = messages(2, 1)}) == SegmentKind::data);
    watched.tracker.clear();
    CHECK(watched.counted.dropped.now() == 2);
    CHECK(watched.counted.active.now() == 0);
    CHECK(watched.see({.port = 2}, 49, {.data = messages(3, 1)}) == SegmentKind::unknown);
}
