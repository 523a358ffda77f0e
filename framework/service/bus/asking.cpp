#include "service/bus/asking.hpp"

#include <systemd/sd-bus.h>

#include "service/bus/opened.hpp"

namespace nanotune::bus {

bool may_ask_caller(const sdbus::Message& call) {
    return ::sd_bus_message_get_allow_interactive_authorization(Opened::of(call)) > 0;
}

void let_calls_be_asked(sdbus::IConnection& connection) {
    ::sd_bus_set_allow_interactive_authorization(opened(connection), 1);
}

}  // namespace nanotune::bus
