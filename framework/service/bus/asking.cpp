#include "service/bus/asking.hpp"

#include <systemd/sd-bus.h>

namespace nanotune::bus {

namespace {

/// The message of libsystemd, which every message of the library keeps.
class Opened : public sdbus::Message {
  public:
    static sd_bus_message* of(const sdbus::Message& message) {
        return static_cast<sd_bus_message*>(message.*(&Opened::msg_));
    }
};

}  // namespace

bool may_ask_caller(const sdbus::Message& call) {
    return ::sd_bus_message_get_allow_interactive_authorization(Opened::of(call)) > 0;
}

void let_calls_be_asked(sdbus::IConnection& connection) {
    const auto bus = proxy_of(connection, "org.freedesktop.DBus", "/");
    const sdbus::MethodCall call = call_to(*bus, "org.freedesktop.DBus", "GetId");
    ::sd_bus_set_allow_interactive_authorization(::sd_bus_message_get_bus(Opened::of(call)), 1);
}

}  // namespace nanotune::bus
