// Market data as a feed would send it, on sockets of our own.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::cli::bench {

/// Nanoseconds of CLOCK_MONOTONIC.
[[nodiscard]] std::uint64_t now() noexcept;
/// Spins until then, or sleeps where that is long.
void wait_until(std::uint64_t moment) noexcept;

/// What is sent, and where to.
struct Feed {
    std::string target;  ///< "192.0.2.1:8080", "[2001:db8::1]:8080"
    std::string from;    ///< an address of this host; "" for the kernel's choice
    std::vector<std::uint32_t> prices = {9999};  ///< taken in turns
    std::uint32_t flows = 1;  ///< sources, each a port of its own, taken in turns
    bool network_order = false;
};

/// Sockets that are connected to the target, one a flow, and never wait.
class Sender {
  public:
    /// Errors: invalid, as the system's.
    static Result<Sender> open(const Feed& feed);

    /// One packet of the next flow, at the next price. Whether the kernel took it.
    bool send(std::uint64_t timestamp) noexcept;
    /// The answer's time stamp, where an answer to any flow is there. One that carries none has the
    /// last one's that was sent.
    std::optional<std::uint64_t> answer() noexcept;

  private:
    Sender(Feed feed, std::vector<Descriptor> sockets)
        : feed_(std::move(feed)), sockets_(std::move(sockets)) {}

    Feed feed_;
    std::vector<Descriptor> sockets_;
    std::size_t next_flow_ = 0;
    std::size_t next_price_ = 0;
    std::size_t next_answer_ = 0;
    std::uint64_t last_ = 0;
};

}  // namespace nanotune::cli::bench
