// The message of libsystemd, which every message of sdbus-c++ keeps: for what the library does not
// tell.
#pragma once

#include "service/bus/sdbus.hpp"

struct sd_bus;
struct sd_bus_message;

namespace nanotune::bus {

class Opened : public sdbus::Message {
  public:
    static sd_bus_message* of(const sdbus::Message& message) {
        return static_cast<sd_bus_message*>(message.*(&Opened::msg_));
    }
};

/// Throws sdbus::Error.
[[nodiscard]] sd_bus* opened(sdbus::IConnection& connection);

}  // namespace nanotune::bus
