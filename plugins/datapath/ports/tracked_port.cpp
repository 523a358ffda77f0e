#include "tracked_port.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <sys/random.h>
#include <sys/socket.h>

namespace nanotune::datapath {

namespace {

constexpr std::uint32_t turns_between_clocks = 1024;

std::uint64_t seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return static_cast<std::uint64_t>(now.tv_sec);
}

}  // namespace

template <std::size_t header>
Result<std::vector<TrackedPort<header>>> TrackedPort<header>::open(
    const TrackedPortOptions& options, std::size_t count) {
    TrackedPortOptions own = options;
    if (::getrandom(own.tracker.secret.data(), sizeof own.tracker.secret, 0) !=
        static_cast<ssize_t>(sizeof own.tracker.secret)) {
        return kernel_failure("ask for random numbers", errno);
    }
    own.tracker.is_ipv6 = is_ipv6;
    NT_TRY(std::vector<UdpPort<header>> orders, UdpPort<header>::open(own.orders, count));
    NT_TRY(std::vector<PacketPort> packets, PacketPort::open(own.packets, count));
    std::vector<TrackedPort> ports;
    for (std::size_t at = 0; at < count; ++at) {
        ports.push_back(TrackedPort(std::move(packets[at]), std::move(orders[at]), own));
    }
    return ports;
}

template <std::size_t header>
TrackedPort<header>::TrackedPort(PacketPort packets, UdpPort<header> orders,
                                 const TrackedPortOptions& options)
    : packets_(std::move(packets)),
      orders_(std::move(orders)),
      listen_(options.packets.listen),
      tracker_options_(options.tracker),
      now_(seconds()),
      messages_(std::make_unique<std::array<Message, burst>>()) {}

template <std::size_t header>
void TrackedPort<header>::count_in(Connections& connections, Counters& counters) {
    counters_ = &counters;
    tracker_ = std::make_unique<Tracker>(tracker_options_, connections);
}

template <std::size_t header>
nt_outcome TrackedPort<header>::classified(const Frame& frame, nt_segment& segment) const noexcept {
    const std::uint8_t* const end = frame.data + frame.length;
    return is_ipv6 ? nt_classify_tcp_ipv6(&listen_, frame.trust, frame.data, end, &segment)
                   : nt_classify_tcp_ipv4(&listen_, frame.trust, frame.data, end, &segment);
}

template <std::size_t header>
bool TrackedPort<header>::see_next() noexcept {
    while (done_ != came_) {
        const nt_outcome outcome = classified(frames_[done_++], segment_);
        if (outcome != nt_answered) {
            counters_->outcomes[outcome].add();
            continue;
        }
        seen_ = tracker_->see(segment_, now_);
        if (seen_.kind == SegmentKind::unknown) {
            counters_->outcomes[nt_unknown_connection].add();
        } else if (seen_.kind == SegmentKind::data || seen_.has_ended) {
            return true;
        }
    }
    return false;
}

/// One burst of segments, or what is left of one that has more messages than the burst room.
template <std::size_t header>
std::size_t TrackedPort<header>::receive(std::span<Frame> messages) noexcept {
    if (++turns_ % turns_between_clocks == 0) {
        now_ = seconds();
        tracker_->expire(now_);
    }
    if (!has_seen_ && done_ == came_) {
        came_ = packets_.receive(frames_);
        done_ = 0;
    }
    const std::size_t room = std::min(messages.size(), burst);
    std::size_t count = 0;
    while (count < room) {
        has_seen_ = has_seen_ || see_next();
        if (!has_seen_) {
            break;
        }
        const Tracker::Message message = tracker_->next_message(seen_);
        if (message.data == nullptr) {
            has_seen_ = false;
            continue;
        }
        std::uint8_t* const at = (*messages_)[count].data();
        constexpr std::size_t address_size = is_ipv6 ? 16 : 4;
        std::memset(at, 0, header);
        nt_store16(at, is_ipv6 ? AF_INET6 : AF_INET);
        nt_store16(at + 2, segment_.source_port);
        std::memcpy(at + (is_ipv6 ? 8 : 4), segment_.source, address_size);
        std::memcpy(at + header, message.data, message.length);
        messages[count++] = {.data = at,
                             .length = static_cast<std::uint32_t>(header) + message.length};
    }
    if (!has_seen_ && done_ == came_ && came_ != 0) {  // nothing of them is needed any more
        packets_.release(std::span<const Frame>(frames_).first(came_));
        came_ = done_ = 0;
    }
    return count;
}

template class TrackedPort<16>;
template class TrackedPort<32>;
static_assert(FramePort<Ipv4TrackedPort> && FramePort<Ipv6TrackedPort>);

}  // namespace nanotune::datapath
