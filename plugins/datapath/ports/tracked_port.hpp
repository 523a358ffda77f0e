// Messages out of TCP connections that the kernel owns, or another host: segments come from beside
// the kernel's stack, which takes part in the connections as ever. Orders leave by UDP, from the
// same address and port, or on a connection of their own; nothing is put into one of others.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <memory>
#include <span>
#include <utility>

#include <sys/socket.h>

#include "datapath/packet/packet.h"
#include "datapath/processor/connections.hpp"
#include "datapath/processor/counters.hpp"
#include "datapath/processor/frame.hpp"
#include "datapath/tracker/tracker.hpp"
#include "order_way.hpp"
#include "usage.hpp"

namespace nanotune::datapath {

/// Where segments come from: frames that somebody else takes, too. `usage` by any thread.
template <typename S>
concept SegmentSource = RxPort<S> && requires(const S source) {
    { source.usage() } noexcept -> std::same_as<Usage>;
};

/// A FramePort of messages, each with its sender's socket address in front, as UdpPort has them:
/// `header` bytes, 16 with IPv4 and 32 with IPv6. Segments that are wrong or of no connection that
/// is known are counted here, since no message comes of them.
template <std::size_t header, SegmentSource Segments>
class TrackedPort {
  public:
    static constexpr std::size_t slot_size = OrderWay<header>::slot_size;
    static constexpr bool is_ipv6 = header != 16;

    /// `listen` says which segments are ours.
    TrackedPort(Segments segments, OrderWay<header> orders, const nt_listen& listen,
                const TrackerOptions& tracker)
        : segments_(std::move(segments)),
          orders_(std::move(orders)),
          listen_(listen),
          tracker_options_(tracker),
          now_(seconds()),
          messages_(std::make_unique<std::array<Message, burst>>()) {}

    /// Where is counted from now on: connections, segments of which no message comes, and the
    /// connection on which orders leave.
    void count_in(Connections& connections, Counters& counters, OrderLine& order_line) {
        counters_ = &counters;
        orders_.count_in(order_line);
        tracker_ = std::make_unique<Tracker>(tracker_options_, connections);
    }
    /// Forgets all connections.
    void clear() noexcept { tracker_->clear(); }

    /// As OrderWay::withdraw.
    void withdraw() noexcept { orders_.withdraw(); }

    /// One burst of segments, or what is left of one that has more messages than the burst room.
    std::size_t receive(std::span<Frame> messages) noexcept {
        if (++turns_ % turns_between_clocks == 0) {
            now_ = seconds();
            tracker_->expire(now_);
            orders_.look(now_);
        }
        if (!has_seen_ && done_ == came_) {
            came_ = segments_.receive(frames_);
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
            segments_.release(std::span<const Frame>(frames_).first(came_));
            came_ = done_ = 0;
        }
        return count;
    }
    void release(std::span<const Frame> /*done*/) noexcept {}
    std::uint8_t* slot() noexcept { return orders_.slot(); }
    void commit(std::uint32_t length) noexcept { orders_.commit(length); }
    std::size_t flush() noexcept { return orders_.flush(); }
    // By any thread.
    [[nodiscard]] Usage usage() const noexcept { return segments_.usage(); }
    [[nodiscard]] Status stands() const
        requires requires(const Segments segments) { segments.stands(); }
    {
        return segments_.stands();
    }

  private:
    static constexpr std::size_t burst = 64;
    static constexpr std::uint32_t turns_between_clocks = 1024;
    using Message = std::array<std::uint8_t, header + nt_market_data_size>;

    static std::uint64_t seconds() noexcept {
        timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
        return static_cast<std::uint64_t>(now.tv_sec);
    }

    /// The next segment of those that came. False where there is none.
    bool see_next() noexcept {
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
    [[nodiscard]] nt_outcome classified(const Frame& frame, nt_segment& segment) const noexcept {
        const std::uint8_t* const end = frame.data + frame.length;
        return is_ipv6 ? nt_classify_tcp_ipv6(&listen_, frame.trust, frame.data, end, &segment)
                       : nt_classify_tcp_ipv4(&listen_, frame.trust, frame.data, end, &segment);
    }

    Segments segments_;
    OrderWay<header> orders_;
    nt_listen listen_;
    TrackerOptions tracker_options_;
    std::unique_ptr<Tracker> tracker_;
    Counters* counters_ = nullptr;
    std::array<Frame, burst> frames_{};
    std::size_t came_ = 0;  ///< frames, of which
    std::size_t done_ = 0;  ///< so many were looked at
    Tracker::Seen seen_{};
    nt_segment segment_{};  ///< that of `seen_`
    bool has_seen_ = false;
    std::uint32_t turns_ = 0;
    std::uint64_t now_ = 0;  ///< seconds
    std::unique_ptr<std::array<Message, burst>> messages_;
};

}  // namespace nanotune::datapath
