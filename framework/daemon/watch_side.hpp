// The daemon's side towards what the kernel tells by itself, which may not be to be had: then what
// changes is found by looking alone.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "daemon/watch.hpp"

namespace nanotune::daemon {

/// Used on one thread.
class WatchSide {
  public:
    struct Parts {
        std::function<void(Look)> look;  ///< called for what is to be looked at
        RemovedDevices& removed;         ///< told what has gone
        std::function<void(const std::string&)> log;
    };
    explicit WatchSide(Parts parts) : parts_(std::move(parts)) {}

    void open();
    void follow(const Followed& followed);
    /// Hands over what is to be looked at. Until when it has nothing to do, in milliseconds (-1:
    /// any time).
    int process();
    /// Readable when something has come; -1 where nothing can.
    [[nodiscard]] int number() const { return watch_ ? watch_->number() : -1; }

  private:
    void say_what_nobody_tells();

    Parts parts_;
    std::unique_ptr<Watch> watch_;
};

}  // namespace nanotune::daemon
