// Follows TCP connections that belong to somebody else by the segments that come in, and finds the
// messages in them. It sends nothing and answers nothing: what it thinks of a segment has no effect
// on the connection.
//
// One thread's. It takes all memory when it is made, makes no system call and does not throw.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "datapath/packet/packet.h"
#include "datapath/processor/connections.hpp"

namespace nanotune::datapath {

/// Who makes room for a new connection where the table is full. One that is established never
/// does: whoever sends nothing but SYNs cannot push it out.
enum class FullTable : std::uint8_t {
    half_open,  ///< the oldest that is not established; where there is none, the new one is refused
    refuse      ///< nobody: the new one is refused
};

struct TrackerOptions {
    std::size_t connections = 1024;  ///< at most
    std::uint64_t idle_after = 0;    ///< seconds without one of its segments; 0: never
    FullTable when_full = FullTable::half_open;
    bool is_ipv6 = false;
    std::array<std::uint64_t, 2> secret{};  ///< so that nobody knows which connections collide
};

/// What a segment is to its connection.
enum class SegmentKind : std::uint8_t {
    quiet,         ///< without data that are new: handshakes, acknowledgements, the end
    data,          ///< new ones, right behind the last ones or after a gap
    duplicate,     ///< all of it was there before, or is behind a gap that it comes too late for
    out_of_state,  ///< nothing that its connection could send now
    unknown,       ///< of no connection that is followed
    refused        ///< a new connection for which there is no room
};

class Tracker {
  public:
    /// Of a segment: what is new of it is taken message by message. Until the next call of `see`.
    struct Seen {
        SegmentKind kind = SegmentKind::quiet;
        std::uint32_t connection = 0;
        const std::uint8_t* data = nullptr;
        std::uint32_t length = 0;
        bool has_ended = false;  ///< its sender sends no more
    };
    /// One message of market data, or what is left of one where a connection has ended.
    struct Message {
        const std::uint8_t* data = nullptr;  ///< null: there is no more
        std::uint32_t length = 0;
    };

    Tracker(const TrackerOptions& options, Connections& counted);

    /// `now` in seconds, never less than before. What is counted is what became of the segment.
    Seen see(const nt_segment& segment, std::uint64_t now) noexcept;
    /// The next whole message of what was seen; the last one of a connection may be cut short.
    /// Valid until the next call.
    Message next_message(Seen& seen) noexcept;

    /// Forgets connections of which nothing was heard for too long.
    void expire(std::uint64_t now) noexcept;
    /// Forgets all of them.
    void clear() noexcept;

    [[nodiscard]] std::size_t active() const noexcept { return active_; }

  private:
    static constexpr std::uint32_t none = UINT32_MAX;
    static constexpr std::uint64_t half_open_seconds = 5;
    /// What is further away is no gap but of something else. Smaller than what the largest window
    /// would allow (1 GB), so that few guesses are believed; larger than what kernels offer.
    static constexpr std::uint32_t widest_gap = 1U << 24;

    enum class State : std::uint8_t { half_open, established, ending };
    struct Key {
        std::uint64_t upper = 0;
        std::uint64_t lower = 0;
        std::uint64_t port = 0;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct Connection {
        Key key;
        std::uint64_t heard = 0;
        std::uint32_t expected = 0;  ///< the sequence number of the next byte
        std::uint32_t chain = none;  ///< the next one of the same bucket
        std::uint32_t newer = none;
        std::uint32_t older = none;
        State state = State::half_open;
        std::uint8_t within = 0;  ///< bytes of a message that were there
        bool has_them = true;     ///< and are kept: no gap is in them
        std::array<std::uint8_t, nt_market_data_size> kept;
    };
    /// Connections by the time of their last segment.
    struct ByAge {
        std::uint32_t newest = none;
        std::uint32_t oldest = none;
    };

    [[nodiscard]] Key key_of(const nt_segment& segment) const noexcept;
    [[nodiscard]] std::size_t bucket_of(const Key& key) const noexcept;
    [[nodiscard]] std::uint32_t find(const Key& key) const noexcept;
    [[nodiscard]] ByAge& list_of(const Connection& connection) noexcept {
        return connection.state == State::established ? established_ : others_;
    }
    void append(std::uint32_t number) noexcept;
    void unlink(std::uint32_t number) noexcept;
    void move_to(std::uint32_t number, State state) noexcept;
    void forget(std::uint32_t number) noexcept;
    void count(std::uint32_t number, Counter& how) noexcept;
    void end(std::uint32_t number, Counter& how) noexcept;

    Seen open(const Key& key, const nt_segment& segment) noexcept;
    Seen see_again(std::uint32_t number, const nt_segment& segment) noexcept;
    Seen see_syn(std::uint32_t number, const nt_segment& segment) noexcept;
    Seen take(std::uint32_t number, const nt_segment& segment) noexcept;
    Seen reset(std::uint32_t number, const nt_segment& segment) noexcept;
    Seen strange(std::uint32_t number) noexcept;
    void expire(ByAge& list, std::uint64_t seconds) noexcept;

    TrackerOptions options_;
    Connections& counted_;
    std::unique_ptr<Connection[]> connections_;
    std::vector<std::uint32_t> buckets_;  ///< neither of these ever grows
    std::vector<std::uint32_t> free_;
    ByAge established_;
    ByAge others_;
    std::size_t active_ = 0;  ///< those that have not ended
    std::uint64_t now_ = 0;
};

}  // namespace nanotune::datapath
