#include "service/bus/opened.hpp"

#include <systemd/sd-bus.h>

namespace nanotune::bus {

sd_bus* opened(sdbus::IConnection& connection) {
    const auto bus = proxy_of(connection, "org.freedesktop.DBus", "/");
    const sdbus::MethodCall call = call_to(*bus, "org.freedesktop.DBus", "GetId");
    return ::sd_bus_message_get_bus(Opened::of(call));
}

}  // namespace nanotune::bus
