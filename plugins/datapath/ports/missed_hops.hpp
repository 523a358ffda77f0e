// Next hops whose link addresses the hot thread did not find: noted there without waiting, and
// asked for by another thread, so that the kernel finds them out.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace nanotune::datapath {

/// Room for some, each in a place that its address says: one that never answers, however much it
/// sends, keeps others from its own place alone. What is missed while that is taken comes again
/// with its next packet.
class MissedHops {
  public:
    using Address = std::array<std::uint8_t, 16>;  ///< as on the wire, of IPv4 the first four bytes

    /// By the one thread that looks for ways.
    void note(const Address& address) noexcept {
        Place& place = places_[(address[3] ^ address[14] ^ address[15]) % places_.size()];
        if (!place.is_taken.load(std::memory_order_acquire)) {
            place.address = address;
            place.is_taken.store(true, std::memory_order_release);
        }
    }
    /// By one other thread: calls `ask` with the next address in turn where there is one, and makes
    /// room.
    template <typename Ask>
    void take(Ask ask) noexcept {
        for (std::size_t tried = 0; tried < places_.size(); ++tried) {
            Place& place = places_[next_++ % places_.size()];
            if (place.is_taken.load(std::memory_order_acquire)) {
                ask(place.address);
                place.is_taken.store(false, std::memory_order_release);
                return;
            }
        }
    }

    /// By whoever takes.
    void forget() noexcept {
        for (Place& place : places_) {
            place.is_taken.store(false, std::memory_order_release);
        }
    }

  private:
    struct Place {
        Address address{};
        std::atomic<bool> is_taken{false};
    };
    std::array<Place, 16> places_;
    std::size_t next_ = 0;
};

}  // namespace nanotune::datapath
