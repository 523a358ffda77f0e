// How long things took, for all time, in little memory: every power of two is divided into 32 equal
// parts, so that a value is known to 3 %.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace nanotune::datapath {

/// Written by one thread; others may read meanwhile and see each bucket as it was at some moment.
/// The layout is that of the shared memory: plain numbers, no pointer.
class Histogram {
  public:
    static constexpr std::uint64_t parts = 32;
    static constexpr std::size_t buckets = (64 - 4) * parts;

    void add(std::uint64_t value, std::uint64_t times = 1) noexcept {
        bump(counts_[bucket_of(value)], times);
    }

    [[nodiscard]] std::uint64_t count() const noexcept {
        std::uint64_t sum = 0;
        for (const std::uint64_t& bucket : counts_) {
            sum += seen(bucket);
        }
        return sum;
    }

    /// The value below or at which this part (0 to 1) of all lies: the largest that its bucket
    /// holds, so never too small. 0 where there is none.
    [[nodiscard]] std::uint64_t quantile(double part) const noexcept {
        const std::uint64_t all = count();
        if (all == 0) {
            return 0;
        }
        const double exact = part * static_cast<double>(all);
        auto rank = static_cast<std::uint64_t>(exact);
        rank += static_cast<double>(rank) < exact || rank == 0 ? 1 : 0;
        std::uint64_t below = 0;
        for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
            below += seen(counts_[bucket]);
            if (below >= rank) {
                return last_of(bucket);
            }
        }
        return last_of(buckets - 1);
    }

    /// What another has counted, too.
    void add_all(const Histogram& other) noexcept {
        for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
            bump(counts_[bucket], seen(other.counts_[bucket]));
        }
    }

    void clear() noexcept { counts_ = {}; }

    [[nodiscard]] static constexpr std::size_t bucket_of(std::uint64_t value) noexcept {
        // Below 32 every value has a bucket of its own.
        const std::size_t octave = std::bit_width(value | (parts - 1)) - 5;
        const std::uint64_t part = (value >> (octave == 0 ? 0 : octave - 1)) & (parts - 1);
        return octave * parts + part;
    }

    /// The largest value of a bucket.
    [[nodiscard]] static constexpr std::uint64_t last_of(std::size_t bucket) noexcept {
        const std::size_t octave = bucket / parts;
        const std::uint64_t part = bucket % parts;
        if (octave == 0) {
            return part;
        }
        return ((parts + part + 1) << (octave - 1)) - 1;
    }

  private:
    static void bump(std::uint64_t& number, std::uint64_t by) noexcept {
        __atomic_store_n(&number, number + by, __ATOMIC_RELAXED);
    }
    static std::uint64_t seen(const std::uint64_t& number) noexcept {
        return __atomic_load_n(&number, __ATOMIC_RELAXED);
    }

    std::array<std::uint64_t, buckets> counts_{};
};

}  // namespace nanotune::datapath
