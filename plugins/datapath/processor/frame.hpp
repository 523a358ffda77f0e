// A received frame, and the end of the network that it came from: what a backend must be.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace nanotune::datapath {

/// Bytes that a port has received. They stay where they are until the port gets them back.
struct Frame {
    const std::uint8_t* data = nullptr;
    std::uint32_t length = 0;
    std::uint32_t trust = 0;  ///< nt_trust_header, nt_trust_transport: verified already
};

/// Frames come in bursts. `receive` fills the front of the burst and says how much of it; every
/// frame is given back, in order, before the next burst is received. Nothing blocks.
template <typename P>
concept RxPort = requires(P port, std::span<Frame> burst, std::span<const Frame> done) {
    { port.receive(burst) } noexcept -> std::same_as<std::size_t>;
    { port.release(done) } noexcept -> std::same_as<void>;
};

/// Answers are written where they are sent from. `slot` is room for `slot_size` bytes, or null
/// where every slot is on its way; `commit` sends the slot that was asked for last; `flush` has
/// what was committed leave now.
template <typename P>
concept TxPort = requires(P port, std::uint32_t length) {
    { P::slot_size } -> std::convertible_to<std::size_t>;
    { port.slot() } noexcept -> std::same_as<std::uint8_t*>;
    { port.commit(length) } noexcept -> std::same_as<void>;
    { port.flush() } noexcept -> std::same_as<std::size_t>;
};

template <typename P>
concept FramePort = RxPort<P> && TxPort<P>;

}  // namespace nanotune::datapath
