#include "service/bus/opening.hpp"

#include <system_error>
#include <thread>

namespace nanotune::bus {

Opening::Opening() {
    using Open = std::packaged_task<std::unique_ptr<sdbus::IConnection>()>;
    const auto open = std::make_shared<Open>([] { return sdbus::createSystemBusConnection(); });
    connection_ = open->get_future();
    try {
        std::thread([open] { (*open)(); }).detach();
    } catch (const std::system_error&) {
        (*open)();  // no thread is left to be had
    }
}

}  // namespace nanotune::bus
