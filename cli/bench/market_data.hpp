// Market data as a feed would send it, on sockets of our own.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nanotune/error.hpp>

#include "market_sockets.hpp"

namespace nanotune::cli::bench {

/// Nanoseconds of CLOCK_MONOTONIC.
[[nodiscard]] std::uint64_t now() noexcept;
/// Spins until then, or sleeps where that is long. False once it is stopped, which it hears within
/// a tenth of a second.
bool wait_until(std::uint64_t moment, const std::atomic<bool>& stopped) noexcept;

/// What is sent, and to whom.
struct Feed {
    Route route;
    std::vector<std::uint32_t> prices = {9999};  ///< taken in turns
    std::uint32_t flows = 1;  ///< sources, each a port of its own, taken in turns
    bool network_order = false;
    bool is_echoed = false;  ///< TCP: answers are market data, not orders
};

/// What an answer says of the packet that it answers.
struct Answer {
    std::uint64_t timestamp = 0;
    bool is_its_own = true;  ///< false: it carries none, and this is the last one's that was sent
};

/// Sockets that never wait, one a flow.
class Sender {
  public:
    /// Errors: invalid, as the system's.
    static Result<Sender> open(const Feed& feed);

    static constexpr std::size_t most_at_once = 32;

    /// One packet of the next flow, at the next price. Whether the kernel took it.
    bool send(std::uint64_t timestamp) noexcept;
    /// So many packets of the next flow, `most_at_once` at most, each at the next price. How many
    /// the kernel took; nothing where it will not take them either once it has room.
    std::optional<std::size_t> send_many(std::size_t count, std::uint64_t timestamp) noexcept;
    /// These bytes, by the next flow, likewise.
    bool send(std::span<const std::uint8_t> payload) noexcept;
    /// The kernel's error where it took no packet the last time that it took none; 0 for no room.
    [[nodiscard]] int refusal() const noexcept { return refusal_; }
    /// TCP: what has not left leaves, as far as it does within a second, and that is all. Answers
    /// may come still.
    void end() noexcept;
    /// TCP: whether the other side has ended every session, too: it has had all and answered all,
    /// or has broken it.
    [[nodiscard]] bool has_ended() const noexcept;
    [[nodiscard]] bool has_sessions() const noexcept { return streams_ != nullptr; }
    /// The next one to any flow, where one is there.
    std::optional<Answer> answer() noexcept;

  private:
    /// Of a TCP session: bytes that make no whole answer yet, and those that did not leave.
    struct Stream {
        std::array<std::uint8_t, 65536> in;
        std::size_t begin = 0;
        std::size_t end = 0;
        std::array<std::uint8_t, 65536> out;  ///< what a payload may have at most
        std::size_t unsent = 0;
        bool has_ended = false;  ///< the other side
    };

    using Tick = std::array<std::uint8_t, 24>;

    Sender(Feed feed, std::vector<MarketSocket> sockets);
    [[nodiscard]] Tick tick(std::size_t ahead, std::uint64_t timestamp) const noexcept;
    std::size_t turn() noexcept;
    std::size_t send_packets(std::size_t flow, std::span<const Tick> ticks) noexcept;
    bool send_stream(std::size_t flow, std::span<const std::uint8_t> payload) noexcept;
    void note_refusal() noexcept;
    bool send_rest(std::size_t flow) noexcept;
    bool send_packet(std::size_t flow, std::span<const std::uint8_t> payload) noexcept;
    std::span<const std::uint8_t> received(std::size_t flow) noexcept;
    std::span<const std::uint8_t> received_in_stream(std::size_t flow) noexcept;
    [[nodiscard]] Answer answer_in(std::span<const std::uint8_t> bytes) const noexcept;

    Feed feed_;
    std::vector<MarketSocket> sockets_;
    std::unique_ptr<Stream[]> streams_;
    std::unique_ptr<std::array<std::uint8_t, 65536>> packet_;
    std::size_t next_flow_ = 0;
    std::size_t next_price_ = 0;
    std::size_t next_answer_ = 0;
    std::uint64_t last_ = 0;
    int refusal_ = 0;
};

}  // namespace nanotune::cli::bench
