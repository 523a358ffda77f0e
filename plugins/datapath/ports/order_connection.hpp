// A TCP connection on which orders leave: made before the first packet is taken, kept, and made
// again where it breaks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <sys/socket.h>

#include <nanotune/error.hpp>

#include "datapath/processor/connections.hpp"
#include "stream_buffer.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// Who takes the orders.
struct OrderReceiver {
    std::array<std::uint8_t, 16> address{};  ///< as on the wire, of IPv4 the first four bytes
    bool is_ipv6 = false;
    std::uint16_t port = 0;  ///< in the machine's order
    unsigned device = 0;     ///< number of the one whose link the address is of, where it is
};

/// A TxPort. Orders stand behind `header` bytes that do not leave. They are whole or not at all:
/// one that there is no room for, or no connection, is lost. What the receiver says is read and not
/// looked at. Nothing waits but `open`; one thread's.
class OrderConnection {
  public:
    static constexpr std::size_t slot_size = 256;

    /// Waits for the connection, 5 seconds at most. Errors: as the system's, naming the receiver;
    /// timeout.
    static Result<OrderConnection> open(const OrderReceiver& receiver, std::size_t header);

    /// Where it is counted from now on; outlives it.
    void count_in(OrderLine& counted) noexcept;

    std::uint8_t* slot() noexcept { return parts_->order.data(); }
    void commit(std::uint32_t length) noexcept;
    /// How many orders were lost since the last call.
    std::size_t flush() noexcept;

    /// Orders that wait do not leave any more.
    void withdraw() noexcept { counted_->unsent.add(parts_->out.give_up_whole(order_size_)); }

    /// Sees whether it still stands, and makes it again, once a second, where it does not. To be
    /// called again and again; `now` in seconds, never less than before.
    void look(std::uint64_t now) noexcept;

  private:
    static constexpr std::size_t most_waiting = 16384;
    enum class State : std::uint8_t { down, connecting, up };
    struct Parts {
        alignas(64) std::array<std::uint8_t, slot_size> order;
        StreamBuffer<most_waiting> out;
    };

    OrderConnection(Descriptor socket, const OrderReceiver& receiver, std::size_t header);
    void begin() noexcept;
    void finish() noexcept;
    void read() noexcept;
    void fail() noexcept;
    void break_off() noexcept;

    Descriptor socket_;
    OrderReceiver receiver_;
    std::uint32_t header_;
    std::unique_ptr<Parts> parts_;
    OrderLine* counted_ = nullptr;
    State state_ = State::up;
    std::uint32_t order_size_ = 1;
    std::size_t lost_ = 0;
    std::uint64_t now_ = 0;    ///< seconds
    std::uint64_t since_ = 0;  ///< when the state came about
};

}  // namespace nanotune::datapath
