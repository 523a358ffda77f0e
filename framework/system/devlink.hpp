// Devlink generic netlink on the running kernel.
#pragma once

#include <string>
#include <vector>

#include <nanotune/system.hpp>

#include "system/generic_family.hpp"

namespace nanotune {

/// Reads the body of DEVLINK_CMD_PARAM_GET's reply. Errors: invalid.
[[nodiscard]] Result<DevlinkParameter> devlink_parameter_of(Bytes body);

class KernelDevlink final : public Devlink {
  public:
    Result<std::vector<DevlinkParameter>> parameters(const std::string& bus,
                                                     const std::string& device) override;
    Status set(const std::string& bus, const std::string& device,
               const DevlinkParameter& parameter) override;

  private:
    GenericFamily family_{"devlink"};
};

}  // namespace nanotune
