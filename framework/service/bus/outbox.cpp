#include "service/bus/outbox.hpp"

#include <systemd/sd-bus.h>

#include "service/bus/opened.hpp"

namespace nanotune::bus {

Outbox::Outbox(sdbus::IConnection& connection) : bus_(opened(connection)) {}

std::uint64_t Outbox::size() const {
    std::uint64_t size = 0;
    return ::sd_bus_get_n_queued_write(bus_, &size) < 0 ? 0 : size;
}

void Outbox::close(std::chrono::milliseconds patience) {
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + patience;
    for (auto now = Clock::now(); size() > 0 && now < until; now = Clock::now()) {
        const std::chrono::microseconds left =
            std::chrono::ceil<std::chrono::microseconds>(until - now);
        if (::sd_bus_wait(bus_, static_cast<std::uint64_t>(left.count())) < 0 ||
            ::sd_bus_process(bus_, nullptr) < 0) {
            break;
        }
    }
    ::sd_bus_close(bus_);
}

}  // namespace nanotune::bus
