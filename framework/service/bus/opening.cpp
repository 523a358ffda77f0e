#include "service/bus/opening.hpp"

#include <system_error>
#include <thread>
#include <utility>

namespace nanotune::bus {

Opening::Opening(std::function<void()> done) {
    using Open = std::packaged_task<std::unique_ptr<sdbus::IConnection>()>;
    const auto open = std::make_shared<Open>([] { return sdbus::createSystemBusConnection(); });
    connection_ = open->get_future();
    const auto run = [open, done = std::move(done)] {
        (*open)();
        if (done) {
            done();
        }
    };
    try {
        std::thread(run).detach();
    } catch (const std::system_error&) {
        run();  // no thread is left to be had
    }
}

}  // namespace nanotune::bus
