// What is answered, and with what. A type each, so that a decision costs no call.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "../packet/packet.h"

namespace nanotune::datapath {

/// A logic that decides about the packets of a burst together: `decide` is told all that are right,
/// and is asked `wants` for each of them afterwards, in the same order.
template <typename L>
concept BurstLogic =
    requires(L logic, const nt_settings& settings, std::span<const nt_datagram> right) {
        { logic.decide(settings, right) } noexcept;
    };

/// An order for market data below the price that is set.
struct Threshold {
    static constexpr std::uint32_t answer_size = nt_order_size;

    static bool wants(const nt_settings& settings, const nt_datagram& datagram) noexcept {
        return nt_is_below_threshold(&settings, datagram.payload) != 0;
    }
    /// Writes the payload and gives its sum.
    [[gnu::always_inline]] std::uint64_t write(const nt_settings& settings,
                                               const nt_datagram& datagram,
                                               std::uint8_t* at) noexcept {
        const nt_order order = nt_order_for(&settings, datagram.payload, &id_);
        const std::uint64_t sum = nt_order_sum(order);
        nt_store_order(order, at);
        return sum;
    }

  private:
    nt_order_id id_{};  ///< of the order before
};

/// Market data goes back as it came: for measuring what a backend costs.
struct Echo {
    static constexpr std::uint32_t answer_size = nt_market_data_size;

    static bool wants(const nt_settings& /*settings*/, const nt_datagram& /*datagram*/) noexcept {
        return true;
    }
    [[gnu::always_inline]] static std::uint64_t write(const nt_settings& /*settings*/,
                                                      const nt_datagram& datagram,
                                                      std::uint8_t* at) noexcept {
        std::memcpy(at, datagram.payload, nt_market_data_size);
        return nt_sum_bytes(0, datagram.payload, nt_market_data_size,
                            datagram.payload + nt_market_data_size);
    }
};

/// Nothing is answered: for measuring what receiving costs.
struct Discard {
    static constexpr std::uint32_t answer_size = 0;  ///< never

    static bool wants(const nt_settings& /*settings*/, const nt_datagram& /*datagram*/) noexcept {
        return false;
    }
};

}  // namespace nanotune::datapath
