// The effective capabilities of this thread.
#pragma once

#include <nanotune/system.hpp>

namespace nanotune {

/// capget(2) at construction; what is dropped or gained later is not seen.
class Capabilities {
  public:
    Capabilities();
    [[nodiscard]] bool has(Capability capability) const noexcept;

  private:
    std::uint64_t effective_ = 0;
};

}  // namespace nanotune
