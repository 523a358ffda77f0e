// The tracker on frames that nobody vouches for: the input is a row of frames, each with two bytes
// of length before it. Its first byte picks the IP version; checksums are trusted, since no
// mutation would have a right one. What holds of every row: nothing is read behind a frame, a
// message is whole or the last of its connection, and the count of connections adds up.
#include <cstdint>
#include <cstdlib>

#include "datapath/packet/packet.h"
#include "datapath/tracker/tracker.hpp"
#include "support/listening.hpp"
#include "support/packets.hpp"

using namespace nanotune::datapath;
using namespace nanotune::test;

namespace {

constexpr std::size_t most = 3;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

nt_listen trusting(bool is_ipv6) {
    nt_listen listen =
        listening(is_ipv6 ? PacketOptions{.source = "2001:db8::50", .destination = "2001:db8::100"}
                          : PacketOptions{});
    listen.trust = nt_trust_header | nt_trust_transport;
    return listen;
}

class Watched {
  public:
    explicit Watched(bool is_ipv6)
        : is_ipv6_(is_ipv6),
          listen_(trusting(is_ipv6)),
          tracker_({.connections = most, .idle_after = 20, .is_ipv6 = is_ipv6}, counted_) {}

    void see(const Packet& frame) {
        const std::uint8_t* const end = frame.data() + frame.size();
        nt_segment segment{};
        const nt_outcome outcome =
            is_ipv6_ ? nt_classify_tcp_ipv6(&listen_, 0, frame.data(), end, &segment)
                     : nt_classify_tcp_ipv4(&listen_, 0, frame.data(), end, &segment);
        require(outcome < nt_outcomes);
        if (outcome != nt_answered) {
            return;
        }
        require(segment.payload >= frame.data() && segment.payload + segment.payload_length <= end);
        now_ += segment.sequence & 7;
        tracker_.expire(now_);
        Tracker::Seen seen = tracker_.see(segment, now_);
        std::size_t bytes = 0;
        while (true) {
            const Tracker::Message message = tracker_.next_message(seen);
            if (message.data == nullptr) {
                break;
            }
            require(message.length == nt_market_data_size || seen.has_ended);
            bytes += message.data[0] & 1U;  // read, so that a sanitizer sees it
            bytes += message.data[message.length - 1] & 1U;
            require(bytes <= std::size_t{2} * (segment.payload_length / nt_market_data_size + 2));
        }
        check();
    }

    void check() const {
        const std::uint64_t gone = counted_.closed.now() + counted_.expired.now() +
                                   counted_.dropped.now() + counted_.evicted.now();
        require(tracker_.active() <= most && counted_.active.now() == tracker_.active());
        require(counted_.opened.now() == gone + tracker_.active());
    }
    void end() {
        tracker_.clear();
        require(tracker_.active() == 0);
    }

  private:
    bool is_ipv6_;
    nt_listen listen_;
    Connections counted_{};
    Tracker tracker_;
    std::uint64_t now_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    Watched watched((data[0] & 1U) != 0);
    for (std::size_t at = 1; at + 2 <= size;) {
        const std::size_t length = data[at] | std::size_t{data[at + 1]} << 8;
        at += 2;
        const std::size_t end = std::min(at + length, size);
        watched.see(Packet(data + at, data + end));  // a copy of the exact size
        at = end;
    }
    watched.end();
    return 0;
}
