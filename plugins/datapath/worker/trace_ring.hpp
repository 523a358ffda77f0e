// The last packets of one worker, for whoever looks: written by the worker while somebody does,
// read by any number of processes at the same time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "datapath/processor/counters.hpp"

namespace nanotune::datapath {

/// What stands where a sender's address stands: numbers are IP's versions.
enum class Sender : std::uint8_t { session = 0, ipv4 = 4, ipv6 = 6 };

struct TracedPacket {
    std::uint64_t ended = 0;                ///< ticks
    std::uint64_t took = 0;                 ///< ticks
    std::array<std::uint64_t, 2> source{};  ///< address as on the wire, of IPv4 the first bytes
    std::uint16_t port = 0;                 ///< as on the wire; 0 where the sender is not known
    Sender sender = Sender::ipv4;
    nt_outcome outcome{};
};

class TraceRing {
  public:
    static constexpr std::size_t size = 256;

    void put(const TracedPacket& packet) noexcept {
        const std::uint64_t number = written_.now();
        Place& place = places_[number % size];
        __atomic_store_n(&place.number, 0, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_RELEASE);
        place.ended.set(packet.ended);
        place.took.set(packet.took);
        place.source[0].set(packet.source[0]);
        place.source[1].set(packet.source[1]);
        place.rest.set(packet.port | std::uint64_t{static_cast<std::uint8_t>(packet.sender)} << 16 |
                       std::uint64_t{packet.outcome} << 24);
        __atomic_store_n(&place.number, number + 1, __ATOMIC_RELEASE);
        written_.add();
    }
    /// So many were not put, since nobody could look so fast.
    void pass(std::size_t packets) noexcept { passed_.add(packets); }
    [[nodiscard]] std::uint64_t passed() const noexcept { return passed_.now(); }
    /// How many were put so far; the last `size` of them are here.
    [[nodiscard]] std::uint64_t written() const noexcept { return written_.now(); }
    /// The packet of this number, which counts from 0. Nothing where another took its place.
    [[nodiscard]] std::optional<TracedPacket> at(std::uint64_t number) const noexcept {
        const Place& place = places_[number % size];
        if (__atomic_load_n(&place.number, __ATOMIC_ACQUIRE) != number + 1) {
            return std::nullopt;
        }
        const std::uint64_t rest = place.rest.now();
        const TracedPacket packet{.ended = place.ended.now(),
                                  .took = place.took.now(),
                                  .source = {place.source[0].now(), place.source[1].now()},
                                  .port = static_cast<std::uint16_t>(rest),
                                  .sender = static_cast<Sender>(rest >> 16 & 0xFF),
                                  .outcome = static_cast<nt_outcome>(rest >> 24 & 0xFF)};
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        return __atomic_load_n(&place.number, __ATOMIC_RELAXED) == number + 1
                   ? std::optional(packet)
                   : std::nullopt;
    }

  private:
    struct Place {
        std::uint64_t number = 0;  ///< and one more; 0 while it is written
        Counter ended;
        Counter took;
        std::array<Counter, 2> source;
        Counter rest;
    };
    Counter written_;
    Counter passed_;
    std::array<Place, size> places_;
};

}  // namespace nanotune::datapath
