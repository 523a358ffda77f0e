// The signals that end the daemon, waited for in one place.
#pragma once

#include "system/storage/storage.hpp"

namespace nanotune::daemon {

/// SIGTERM, SIGINT and SIGHUP, which every thread blocks.
class EndSignals {
  public:
    /// Errors: exhausted: no descriptor is left.
    static Result<EndSignals> open();
    [[nodiscard]] int number() const { return descriptor_.number(); }
    /// Whether one has come; it is taken.
    [[nodiscard]] bool has_come() const;

  private:
    explicit EndSignals(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
    Descriptor descriptor_;
};

}  // namespace nanotune::daemon
