// What this thread may do by its effective capabilities.
#pragma once

#include <memory>

#include <nanotune/system.hpp>

#include "system/control_socket.hpp"

namespace nanotune {

/// capget(2) at construction; what is dropped or gained later is not seen. CAP_NET_ADMIN is that of
/// this network namespace: who is in a user namespace may be in one of the host's.
class Capabilities {
  public:
    explicit Capabilities(
        const std::shared_ptr<ControlSocket>& control = std::make_shared<ControlSocket>());
    [[nodiscard]] bool has(Capability capability) const noexcept;

  private:
    std::uint64_t effective_ = 0;
};

}  // namespace nanotune
