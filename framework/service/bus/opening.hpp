// A connection to the system bus that is being opened. The library waits for a bus that hangs for a
// minute and a half and cannot be told otherwise, so a thread of its own does, and whoever wants
// the connection waits for as long as he likes.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>

#include "service/bus/sdbus.hpp"

namespace nanotune::bus {

/// May go before it is done: then nobody has the connection.
class Opening {
  public:
    /// Begins. `done` is called at its end on the thread that opens, whoever has gone by then.
    explicit Opening(std::function<void()> done = {});

    /// Whether it has come to an end, which is waited for so long at most.
    [[nodiscard]] bool is_done(std::chrono::milliseconds patience) const {
        return connection_.wait_for(patience) == std::future_status::ready;
    }
    /// Once, when it is done. Throws sdbus::Error.
    [[nodiscard]] std::unique_ptr<sdbus::IConnection> take() { return connection_.get(); }

  private:
    std::future<std::unique_ptr<sdbus::IConnection>> connection_;
};

}  // namespace nanotune::bus
