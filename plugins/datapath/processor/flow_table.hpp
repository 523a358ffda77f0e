// The senders that are answered, each with the headers of its answers made beforehand. One
// worker's: nothing in it is shared.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "family.hpp"

namespace nanotune::datapath {

/// One sender. The headers come first, so that copies of them read no line that was just written.
template <typename Family>
struct alignas(64) Flow {
    std::array<std::uint8_t, Family::headers_size> headers;
    typename Family::Key key;
    std::uint16_t sum;  ///< what the headers add to the answer's checksum
    std::uint16_t unused;
    std::uint32_t used;  ///< the burst that it was last used in
};
static_assert(sizeof(Flow<Ipv4>) == 64);
static_assert(sizeof(Flow<Ipv6>) == 128);

/// Open addressing: a sender is in one of eight places from the one that its hash says. Where all
/// eight are taken by others, the one that was used least recently makes way: a flood of senders
/// costs the others their prepared headers, never their answers. All memory is taken at
/// construction.
template <typename Family>
class FlowTable {
  public:
    using Key = typename Family::Key;

    /// Room for at least so many, and four times that, so that most are found where they are looked
    /// for first.
    explicit FlowTable(std::size_t size)
        : mask_(std::bit_ceil(std::max<std::size_t>(size, reach) * 4) - 1),
          shift_(64 - static_cast<unsigned>(std::popcount(mask_))),
          flows_(std::make_unique<Flow<Family>[]>(mask_ + 1)) {}

    /// Where a sender is looked for first.
    [[nodiscard, gnu::always_inline]] Flow<Family>* first(const Key& key) const noexcept {
        return &flows_[home(key)];
    }
    [[nodiscard, gnu::always_inline]] Flow<Family>* fetched(const Key& key) const noexcept {
        Flow<Family>* const place = first(key);
        __builtin_prefetch(place, 1);
        return place;
    }

    /// The sender's flow, or null. `first` is the key's.
    [[nodiscard, gnu::always_inline]] Flow<Family>* find(const Key& key,
                                                         Flow<Family>* first) noexcept {
        return first->key == key ? first : find_behind(key, first);
    }

    struct Place {
        Flow<Family>* flow;
        bool was_taken;  ///< by another sender, which has made way
    };
    /// Where a sender that was not found goes. Ages count from `now`, the current burst. The caller
    /// fills the flow in, key included.
    [[nodiscard]] Place make_room(const Key& key, std::uint32_t now) noexcept {
        Flow<Family>* oldest = nullptr;
        for (std::size_t step = 0; step < reach; ++step) {
            Flow<Family>& flow = flows_[(home(key) + step) & mask_];
            if (flow.key.is_none()) {
                return {&flow, false};
            }
            if (oldest == nullptr || now - flow.used > now - oldest->used) {
                oldest = &flow;
            }
        }
        return {oldest, true};
    }

    /// Forgets every sender, because link addresses have changed.
    void clear() noexcept {
        for (Flow<Family>& flow : flows()) {
            flow.key = {};
        }
    }

    [[nodiscard]] std::size_t size() const noexcept {
        return static_cast<std::size_t>(
            std::ranges::count_if(flows(), [](const auto& flow) { return !flow.key.is_none(); }));
    }

  private:
    static constexpr std::size_t reach = 8;

    [[nodiscard, gnu::always_inline]] std::size_t home(const Key& key) const noexcept {
        return key.hash() >> shift_;
    }
    [[nodiscard]] Flow<Family>* find_behind(const Key& key, Flow<Family>* first) noexcept {
        const auto home = static_cast<std::size_t>(first - flows_.get());
        for (std::size_t step = 1; step < reach; ++step) {
            Flow<Family>& flow = flows_[(home + step) & mask_];
            if (flow.key == key) {
                return &flow;
            }
        }
        return nullptr;
    }
    [[nodiscard]] std::span<Flow<Family>> flows() const noexcept {
        return {flows_.get(), mask_ + 1};
    }

    std::size_t mask_;
    unsigned shift_;
    std::unique_ptr<Flow<Family>[]> flows_;
};

}  // namespace nanotune::datapath
