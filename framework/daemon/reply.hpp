// Answers to calls that are given later, from any place on the bus's thread, and at most once.
#pragma once

#include <memory>
#include <utility>

#include "service/bus/bus.hpp"

namespace nanotune::daemon {

/// Copyable, as what waits for a decision has to be. Nothing leaves it: whoever called may have
/// gone.
template <typename... Results>
class Reply {
  public:
    // NOLINTNEXTLINE(google-explicit-constructor): what a generated adaptor hands over
    Reply(sdbus::Result<Results...>&& result)
        : result_(std::make_shared<sdbus::Result<Results...>>(std::move(result))) {}

    void give(const Results&... results) const {
        send([&] { result_->returnResults(results...); });
    }
    void refuse(const Error& error) const {
        send([&] { result_->returnError(bus::fault_of(error)); });
    }

  private:
    template <typename F>
    static void send(F sending) {
        try {
            sending();
        } catch (const sdbus::Error&) {
            // The connection is lost, which its next use says; or the answer is no valid message.
        }
    }

    std::shared_ptr<sdbus::Result<Results...>> result_;
};

}  // namespace nanotune::daemon
