// What is sent over a connection and not taken by the bus: the library keeps it without a limit,
// and ends no connection before it is gone, however long the bus hangs.
#pragma once

#include <chrono>
#include <cstdint>

#include "service/bus/bus.hpp"

struct sd_bus;

namespace nanotune::bus {

/// Of one connection, which outlives it. Used on its thread.
class Outbox {
  public:
    /// Throws sdbus::Error.
    explicit Outbox(sdbus::IConnection& connection);
    /// Messages that wait; 0 once the connection is lost.
    [[nodiscard]] std::uint64_t size() const;
    /// Lets them go for so long, and the connection as well.
    void close(std::chrono::milliseconds patience);

  private:
    sd_bus* bus_;
};

}  // namespace nanotune::bus
