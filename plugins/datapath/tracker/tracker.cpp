#include "tracker.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace nanotune::datapath {

Tracker::Tracker(const TrackerOptions& options, Connections& counted)
    : options_(options),
      counted_(counted),
      connections_(std::make_unique<Connection[]>(options.connections)),
      buckets_(std::bit_ceil(options.connections), none) {
    free_.reserve(options.connections);
    for (std::size_t number = options.connections; number != 0; --number) {
        free_.push_back(static_cast<std::uint32_t>(number - 1));
    }
}

Tracker::Key Tracker::key_of(const nt_segment& segment) const noexcept {
    return options_.is_ipv6 ? Key{.upper = nt_load64(segment.source),
                                  .lower = nt_load64(segment.source + 8),
                                  .port = segment.source_port}
                            : Key{.lower = nt_load32(segment.source), .port = segment.source_port};
}

std::size_t Tracker::bucket_of(const Key& key) const noexcept {
    // Products of secret odd numbers: who does not know them cannot tell which keys collide.
    __extension__ using Wide = unsigned __int128;
    const auto mixed = [](std::uint64_t one, std::uint64_t other) {
        const Wide product = static_cast<Wide>(one) * other;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    };
    const std::uint64_t first = mixed(key.upper ^ options_.secret[0], options_.secret[1] | 1);
    const std::uint64_t second =
        mixed(key.lower ^ first ^ options_.secret[1], (options_.secret[0] ^ key.port << 40) | 1);
    return mixed(second ^ key.port, options_.secret[0] | 1) & (buckets_.size() - 1);
}

std::uint32_t Tracker::find(const Key& key) const noexcept {
    std::uint32_t number = buckets_[bucket_of(key)];
    while (number != none && connections_[number].key != key) {
        number = connections_[number].chain;
    }
    return number;
}

/// As the newest of its list.
void Tracker::append(std::uint32_t number) noexcept {
    Connection& connection = connections_[number];
    ByAge& list = list_of(connection);
    connection.older = list.newest;
    connection.newer = none;
    (list.newest == none ? list.oldest : connections_[list.newest].newer) = number;
    list.newest = number;
}

void Tracker::unlink(std::uint32_t number) noexcept {
    const Connection& connection = connections_[number];
    ByAge& list = list_of(connection);
    (connection.newer == none ? list.newest : connections_[connection.newer].older) =
        connection.older;
    (connection.older == none ? list.oldest : connections_[connection.older].newer) =
        connection.newer;
}

void Tracker::move_to(std::uint32_t number, State state) noexcept {
    unlink(number);
    connections_[number].state = state;
    connections_[number].heard = now_;
    append(number);
}

void Tracker::forget(std::uint32_t number) noexcept {
    unlink(number);
    std::uint32_t* place = &buckets_[bucket_of(connections_[number].key)];
    while (*place != number) {
        place = &connections_[*place].chain;
    }
    *place = connections_[number].chain;
    free_.push_back(number);
}

/// Each is counted once: one whose end was seen is over, although it is still here.
void Tracker::count(std::uint32_t number, Counter& how) noexcept {
    if (connections_[number].state != State::ending) {
        how.add();
        counted_.active.set(--active_);
    }
}

void Tracker::end(std::uint32_t number, Counter& how) noexcept {
    count(number, how);
    forget(number);
}

Tracker::Seen Tracker::see(const nt_segment& segment, std::uint64_t now) noexcept {
    now_ = now;
    counted_.segments.add();
    const Key key = key_of(segment);
    if (const std::uint32_t number = find(key); number != none) {
        return see_again(number, segment);
    }
    const bool begins = (segment.flags & (nt_tcp_syn | nt_tcp_reset | nt_tcp_fin)) == nt_tcp_syn;
    if (begins) {
        return open(key, segment);
    }
    if (segment.payload_length == 0) {  // the end of one that was forgotten, or never known
        counted_.out_of_state.add();
        return {.kind = SegmentKind::out_of_state};
    }
    return {.kind = SegmentKind::unknown};
}

/// A SYN, or the answer to one of this host's: its sender has not shown yet that it hears us.
Tracker::Seen Tracker::open(const Key& key, const nt_segment& segment) noexcept {
    if (free_.empty() && options_.when_full == FullTable::half_open && others_.oldest != none) {
        end(others_.oldest, counted_.evicted);
    }
    if (free_.empty()) {
        counted_.refused.add();
        return {.kind = SegmentKind::refused};
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    Connection& connection = connections_[number];
    connection.key = key;
    connection.heard = now_;
    connection.expected = segment.sequence + 1;
    connection.state = State::half_open;
    connection.within = 0;
    connection.has_them = true;
    std::uint32_t& bucket = buckets_[bucket_of(key)];
    connection.chain = bucket;
    bucket = number;
    append(number);
    counted_.opened.add();
    counted_.active.set(++active_);
    return {.kind = SegmentKind::quiet, .connection = number};
}

Tracker::Seen Tracker::strange(std::uint32_t number) noexcept {
    counted_.out_of_state.add();
    return {.kind = SegmentKind::out_of_state, .connection = number};
}

Tracker::Seen Tracker::see_again(std::uint32_t number, const nt_segment& segment) noexcept {
    if ((segment.flags & nt_tcp_reset) != 0) {
        return reset(number, segment);
    }
    if ((segment.flags & nt_tcp_syn) != 0) {
        return see_syn(number, segment);
    }
    const Connection& connection = connections_[number];
    if ((segment.flags & nt_tcp_ack) == 0) {
        return strange(number);
    }
    if (connection.state == State::half_open) {
        if (segment.sequence != connection.expected) {
            return strange(number);
        }
        move_to(number, State::established);
    }
    return take(number, segment);
}

/// A reset counts where it is the very next thing (RFC 5961), so that none can be guessed.
Tracker::Seen Tracker::reset(std::uint32_t number, const nt_segment& segment) noexcept {
    if (segment.sequence != connections_[number].expected) {
        return strange(number);
    }
    end(number, counted_.closed);
    return {.kind = SegmentKind::quiet};
}

Tracker::Seen Tracker::see_syn(std::uint32_t number, const nt_segment& segment) noexcept {
    const Connection& connection = connections_[number];
    if (connection.state == State::established) {
        return strange(number);
    }
    if (connection.state == State::half_open && segment.sequence + 1 == connection.expected) {
        counted_.duplicates.add();
        return {.kind = SegmentKind::duplicate, .connection = number};
    }
    const Key key = connection.key;  // the same two once more: what was before is over
    end(number, counted_.closed);
    return open(key, segment);
}

/// Of a connection that is established, or has ended.
Tracker::Seen Tracker::take(std::uint32_t number, const nt_segment& segment) noexcept {
    Connection& connection = connections_[number];
    const auto ahead = static_cast<std::int32_t>(segment.sequence - connection.expected);
    const bool ends = (segment.flags & nt_tcp_fin) != 0;
    Seen seen{.connection = number, .data = segment.payload, .length = segment.payload_length};
    const std::uint32_t distance =
        ahead < 0 ? 0U - static_cast<std::uint32_t>(ahead) : static_cast<std::uint32_t>(ahead);
    if (distance > widest_gap) {
        return strange(number);
    }
    if (connection.state == State::established) {
        move_to(number, State::established);  // heard of, also by what asks whether we are there
    }
    if (ahead < 0) {
        const std::uint32_t skipped = std::min(distance, seen.length);
        counted_.duplicates.add(skipped == 0 ? 0 : 1);
        if (distance >= seen.length + (ends ? 1U : 0U)) {
            return {.kind = skipped == 0 ? SegmentKind::quiet : SegmentKind::duplicate,
                    .connection = number};
        }
        seen.data += skipped;
        seen.length -= skipped;
    }
    if (connection.state == State::ending && (ahead > 0 || seen.length != 0)) {
        return strange(number);
    }
    if (ahead > 0 && (seen.length != 0 || ends)) {
        counted_.gaps.add();
        counted_.missed.add(distance);
        connection.expected = segment.sequence;
        connection.within =
            static_cast<std::uint8_t>((connection.within + distance) % nt_market_data_size);
        connection.has_them = connection.within == 0;
    }
    connection.expected += seen.length;
    seen.kind = seen.length == 0 ? SegmentKind::quiet : SegmentKind::data;
    if (ends && connection.state == State::established) {
        ++connection.expected;
        seen.has_ended = true;
        count(number, counted_.closed);
        move_to(number, State::ending);
    }
    return seen;
}

Tracker::Message Tracker::next_message(Seen& seen) noexcept {
    Connection& connection = connections_[seen.connection];
    while (seen.length != 0) {
        if (connection.within == 0 && seen.length >= nt_market_data_size) {
            const Message message{.data = seen.data, .length = nt_market_data_size};
            seen.data += nt_market_data_size;
            seen.length -= nt_market_data_size;
            return message;
        }
        const std::uint32_t part =
            std::min<std::uint32_t>(nt_market_data_size - connection.within, seen.length);
        std::memcpy(connection.kept.data() + connection.within, seen.data, part);
        connection.within = static_cast<std::uint8_t>(connection.within + part);
        seen.data += part;
        seen.length -= part;
        if (connection.within == nt_market_data_size) {
            connection.within = 0;
            if (std::exchange(connection.has_them, true)) {
                return {.data = connection.kept.data(), .length = nt_market_data_size};
            }
        }
    }
    if (seen.has_ended && connection.within != 0 && connection.has_them) {
        return {.data = connection.kept.data(), .length = std::exchange(connection.within, 0)};
    }
    return {};
}

void Tracker::expire(ByAge& list, std::uint64_t seconds) noexcept {
    while (list.oldest != none && now_ - connections_[list.oldest].heard > seconds) {
        end(list.oldest, counted_.expired);
    }
}

void Tracker::expire(std::uint64_t now) noexcept {
    now_ = now;
    if (options_.idle_after != 0) {
        expire(established_, options_.idle_after);
    }
    expire(others_, half_open_seconds);
}

void Tracker::clear() noexcept {
    for (ByAge* const list : {&established_, &others_}) {
        while (list->oldest != none) {
            end(list->oldest, counted_.dropped);
        }
    }
}

}  // namespace nanotune::datapath
