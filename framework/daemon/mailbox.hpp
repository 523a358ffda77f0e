// What other threads have for the bus's thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "system/storage/storage.hpp"

namespace nanotune::daemon {

class Mailbox {
  public:
    /// Errors: exhausted: no descriptor is left.
    static Result<Mailbox> open();

    /// From any thread.
    void post(std::function<void()> letter);
    /// Runs what was posted, on the calling thread.
    void empty();
    /// Readable while something is there.
    [[nodiscard]] int number() const { return signal_.number(); }

  private:
    explicit Mailbox(Descriptor signal)
        : signal_(std::move(signal)), mutex_(std::make_unique<std::mutex>()) {}
    Descriptor signal_;
    std::unique_ptr<std::mutex> mutex_;
    std::vector<std::function<void()>> letters_;
};

}  // namespace nanotune::daemon
