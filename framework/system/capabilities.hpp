// What this thread may do by its effective capabilities.
#pragma once

#include <nanotune/system.hpp>

namespace nanotune {

/// capget(2) at construction; what is dropped or gained later is not seen. CAP_NET_ADMIN is that of
/// this network namespace: who is in a user namespace may be in one of the host's.
class Capabilities {
  public:
    Capabilities();
    [[nodiscard]] bool has(Capability capability) const noexcept;

  private:
    std::uint64_t effective_ = 0;
};

}  // namespace nanotune
