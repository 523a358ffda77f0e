// What the processor has counted, and what it goes by: the part of it that others may see and set.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

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
    Counter least_time;  ///< 0 where nothing was timed
    Counter most_time;
    Counter total_time;  ///< of all packets that were timed
    Histogram times;

    /// So many packets took so long each.
    void took(std::uint64_t each, std::uint64_t packets) noexcept {
        times.add(each, packets);
        last_time.set(each);
        total_time.add(each * packets);
        if (const std::uint64_t least = least_time.now(); least == 0 || each < least) {
            least_time.set(each);
        }
        if (each > most_time.now()) {
            most_time.set(each);
        }
    }
    /// What another worker has counted, too; its last time is the last.
    void add_all(const Counters& other) noexcept {
        for (std::size_t at = 0; at < outcomes.size(); ++at) {
            outcomes[at].add(other.outcomes[at].now());
        }
        bursts.add(other.bursts.now());
        flows_made.add(other.flows_made.now());
        flows_evicted.add(other.flows_evicted.now());
        if (const std::uint64_t least = other.least_time.now(); least != 0) {
            last_time.set(other.last_time.now());
            least_time.set(least_time.now() == 0 ? least : std::min(least, least_time.now()));
        }
        most_time.set(std::max(most_time.now(), other.most_time.now()));
        total_time.add(other.total_time.now());
        times.add_all(other.times);
    }

    void clear() noexcept { *this = Counters{}; }
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
    /// Where each of its numbers is among its words, for whoever changes it from outside.
    struct Place {
        std::string_view name;
        std::uint8_t word;
        std::uint8_t shift;
        std::uint8_t bits;
    };
    static constexpr std::uint8_t switch_word = 1;  ///< of what is on or off
    static constexpr std::uint8_t done_word = 3;    ///< of what was asked for and is done
    static constexpr std::array<Place, 8> places{{{"price", 0, 0, 32},
                                                  {"quantity", 0, 32, 32},
                                                  {"byte_order", 1, 0, 1},
                                                  {"enabled", 1, 8, 1},
                                                  {"resets", 2, 0, 32},
                                                  {"clears", 2, 32, 32},
                                                  {"resets_done", done_word, 0, 32},
                                                  {"clears_done", done_word, 32, 32}}};

    /// What is to be done once, whenever one of these changes.
    struct Asked {
        std::uint32_t resets = 0;  ///< counters begin anew
        std::uint32_t clears = 0;  ///< connections are forgotten

        [[nodiscard]] std::uint64_t word() const noexcept {
            return resets | std::uint64_t{clears} << 32;
        }
    };

    [[nodiscard]] nt_settings now() const noexcept {
        const std::uint64_t order = seen(0);
        const std::uint64_t switches = seen(1);
        return {.price = static_cast<nt_u32>(order),
                .quantity = static_cast<nt_u32>(order >> 32),
                .network_order = static_cast<nt_u8>(switches & 1),
                .is_armed = static_cast<nt_u8>(switches >> 8 & 1)};
    }
    [[nodiscard]] Asked asked() const noexcept {
        const std::uint64_t word = seen(2);
        return {.resets = static_cast<std::uint32_t>(word),
                .clears = static_cast<std::uint32_t>(word >> 32)};
    }
    /// Whoever sees it sees what was done, too.
    void say_done(Asked asked) noexcept {
        __atomic_store_n(&words_[done_word], asked.word(), __ATOMIC_RELEASE);
    }

    // Others may set other switches at the same time.
    void arm(bool armed) noexcept { turn(armed_bit, armed); }
    void set_order(std::uint32_t price, std::uint32_t quantity) noexcept {
        put(0, price | std::uint64_t{quantity} << 32);
    }
    void set_network_order(bool network_order) noexcept { turn(1, network_order); }

  private:
    static constexpr std::uint64_t armed_bit = 1 << 8;

    [[nodiscard]] std::uint64_t seen(std::size_t word) const noexcept {
        return __atomic_load_n(&words_[word], __ATOMIC_RELAXED);
    }
    void turn(std::uint64_t bit, bool is_on) noexcept {
        std::uint64_t* const word = &words_[switch_word];
        is_on ? __atomic_fetch_or(word, bit, __ATOMIC_RELAXED)
              : __atomic_fetch_and(word, ~bit, __ATOMIC_RELAXED);
    }
    void put(std::size_t word, std::uint64_t value) noexcept {
        __atomic_store_n(&words_[word], value, __ATOMIC_RELAXED);
    }

    alignas(64) std::array<std::uint64_t, 8> words_{10'000 | std::uint64_t{100} << 32};
};

}  // namespace nanotune::datapath
