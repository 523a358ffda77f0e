// A logic that somebody else has written: asked once a burst, through a C function.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include <nanotune/strategy.h>

#include "datapath/packet/packet.h"
#include "datapath/processor/counters.hpp"

namespace nanotune::datapath {

/// Decides about a whole burst before anything of it is answered. The processor asks for each
/// packet of the burst in its order then.
class StrategyLogic {
  public:
    static constexpr std::uint32_t answer_size = nt_order_size;
    static constexpr std::size_t most = 64;

    StrategyLogic() = default;
    /// What is referred to outlives it; `state` is the strategy's own.
    StrategyLogic(const nanotune_strategy_calls& strategy, void* state)
        : strategy_(&strategy), state_(state) {}

    void decide(const nt_settings& settings, std::span<const nt_datagram> datagrams) noexcept {
        const nanotune_limits limits{
            .price = settings.price, .quantity = settings.quantity, .is_armed = settings.is_armed};
        for (std::size_t at = 0; at < datagrams.size(); ++at) {
            const std::uint8_t* const data = datagrams[at].payload;
            nanotune_tick& tick = ticks_[at];
            std::memcpy(tick.symbol, data, sizeof tick.symbol);
            tick.price = nt_number32(&settings, nt_load32(data + nt_price_at));
            tick.quantity = nt_number32(&settings, nt_load32(data + nt_price_at + 4));
            tick.timestamp = nt_number64(&settings, nt_load64(data + nt_timestamp_at));
        }
        std::memset(orders_.data(), 0, datagrams.size() * sizeof orders_[0]);
        next_ = 0;
        calls_.add();
        strategy_->decide(state_, &limits, ticks_.data(), orders_.data(),
                          static_cast<std::uint32_t>(datagrams.size()));
        calls_.add();
    }
    /// Counts up as a call of the strategy begins and as it ends: odd within one. By any thread.
    [[nodiscard]] std::uint64_t calls() const noexcept { return calls_.now(); }

    /// The next packet of the burst that was decided about.
    bool wants(const nt_settings& /*settings*/, const nt_datagram& /*datagram*/) noexcept {
        return orders_[next_++].is_wanted != 0;
    }
    /// The one that was asked about last.
    std::uint64_t write(const nt_settings& settings, const nt_datagram& datagram,
                        std::uint8_t* at) noexcept {
        const nanotune_order& wanted = orders_[next_ - 1];
        const nt_order order = nt_order_of(&settings, datagram.payload, wanted.price,
                                           wanted.quantity, wanted.side, &id_);
        nt_store_order(order, at);
        return nt_order_sum(order);
    }

  private:
    const nanotune_strategy_calls* strategy_ = nullptr;
    void* state_ = nullptr;
    Counter calls_;
    std::size_t next_ = 0;
    nt_order_id id_{};
    std::array<nanotune_tick, most> ticks_{};
    std::array<nanotune_order, most> orders_{};
};

}  // namespace nanotune::datapath
