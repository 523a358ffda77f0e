// The way by which orders leave that are no answer to whoever sent the data: datagrams, or a
// connection made beforehand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

#include "datapath/processor/frame.hpp"
#include "order_connection.hpp"
#include "udp_port.hpp"

namespace nanotune::datapath {

/// A TxPort. `header` bytes stand before each order: the receiver's socket address, which datagrams
/// go by.
template <std::size_t header>
class OrderWay {
  public:
    static constexpr std::size_t slot_size = OrderConnection::slot_size;
    static_assert(slot_size <= UdpPort<header>::slot_size);

    explicit OrderWay(UdpPort<header> datagrams) : way_(std::move(datagrams)) {}
    explicit OrderWay(OrderConnection connection) : way_(std::move(connection)) {}

    void count_in(OrderLine& counted) noexcept {
        if (auto* const connection = std::get_if<OrderConnection>(&way_)) {
            connection->count_in(counted);
        }
    }
    std::uint8_t* slot() noexcept {
        auto* const connection = std::get_if<OrderConnection>(&way_);
        return connection != nullptr ? connection->slot() : datagrams().slot();
    }
    void commit(std::uint32_t length) noexcept {
        auto* const connection = std::get_if<OrderConnection>(&way_);
        connection != nullptr ? connection->commit(length) : datagrams().commit(length);
    }
    std::size_t flush() noexcept {
        auto* const connection = std::get_if<OrderConnection>(&way_);
        return connection != nullptr ? connection->flush() : datagrams().flush();
    }
    /// As OrderConnection::withdraw; datagrams do not wait.
    void withdraw() noexcept {
        if (auto* const connection = std::get_if<OrderConnection>(&way_)) {
            connection->withdraw();
        }
    }
    /// As OrderConnection::look.
    void look(std::uint64_t now) noexcept {
        if (auto* const connection = std::get_if<OrderConnection>(&way_)) {
            connection->look(now);
        }
    }

  private:
    UdpPort<header>& datagrams() noexcept { return *std::get_if<UdpPort<header>>(&way_); }

    std::variant<UdpPort<header>, OrderConnection> way_;
};

}  // namespace nanotune::datapath
