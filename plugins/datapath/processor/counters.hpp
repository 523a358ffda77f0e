// What the processor has counted, and what it goes by: the part of it that others may see and set.
#pragma once

#include <array>
#include <cstdint>

#include "../packet/packet.h"
#include "histogram.hpp"

namespace nanotune::datapath {

/// A number that one thread counts up and others may read. Not atomic in its increment, which is
/// what makes it cheap: one writer is enough.
class Counter {
  public:
    void add(std::uint64_t by = 1) noexcept {
        __atomic_store_n(&number_, number_ + by, __ATOMIC_RELAXED);
    }
    void set(std::uint64_t number) noexcept {
        __atomic_store_n(&number_, number, __ATOMIC_RELAXED);
    }
    [[nodiscard]] std::uint64_t now() const noexcept {
        return __atomic_load_n(&number_, __ATOMIC_RELAXED);
    }

  private:
    std::uint64_t number_ = 0;
};

/// One worker's. Times are in ticks of the time stamp counter, a packet, of one burst in 64
/// packets.
struct Counters {
    alignas(64) std::array<Counter, nt_outcomes> outcomes;  ///< every packet has one
    Counter bursts;
    Counter flows_made;
    Counter flows_evicted;
    Counter last_time;
    Histogram times;

    [[nodiscard]] std::uint64_t received() const noexcept {
        std::uint64_t sum = 0;
        for (const Counter& outcome : outcomes) {
            sum += outcome.now();
        }
        return sum;
    }
};

/// What may change while packets come: read once a burst. Price and quantity change together.
class Control {
  public:
    [[nodiscard]] nt_settings now() const noexcept {
        const std::uint64_t order = __atomic_load_n(&order_, __ATOMIC_RELAXED);
        return {.price = static_cast<nt_u32>(order),
                .quantity = static_cast<nt_u32>(order >> 32),
                .network_order = __atomic_load_n(&network_order_, __ATOMIC_RELAXED),
                .is_armed = __atomic_load_n(&is_armed_, __ATOMIC_RELAXED)};
    }
    void arm(bool armed) noexcept {
        __atomic_store_n(&is_armed_, static_cast<nt_u8>(armed), __ATOMIC_RELAXED);
    }
    void set_order(std::uint32_t price, std::uint32_t quantity) noexcept {
        __atomic_store_n(&order_, price | std::uint64_t{quantity} << 32, __ATOMIC_RELAXED);
    }
    void set_network_order(bool network_order) noexcept {
        __atomic_store_n(&network_order_, static_cast<nt_u8>(network_order), __ATOMIC_RELAXED);
    }

  private:
    alignas(64) std::uint64_t order_ = 10'000 | std::uint64_t{100} << 32;
    nt_u8 network_order_ = 0;
    nt_u8 is_armed_ = 0;
};

}  // namespace nanotune::datapath
