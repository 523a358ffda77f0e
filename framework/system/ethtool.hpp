// Ethtool generic netlink on the running kernel.
#pragma once

#include <map>
#include <string>

#include <nanotune/system.hpp>

#include "system/feature_message.hpp"
#include "system/generic_family.hpp"

namespace nanotune {

class KernelEthtool final : public Ethtool {
  public:
    Result<EthtoolNumbers> get(std::uint8_t command, const std::string& device) override;
    Status set(std::uint8_t command, const std::string& device,
               const EthtoolNumbers& numbers) override;
    Result<Features> features(const std::string& device) override;
    Status set_features(const std::string& device,
                        const std::map<std::string, bool>& wanted) override;

  private:
    /// The body of the one reply to a request without attributes of its own.
    [[nodiscard]] Result<std::vector<std::byte>> ask(std::uint8_t command,
                                                     const std::string& device,
                                                     const std::string& operation,
                                                     std::uint32_t flags = 0);
    [[nodiscard]] Result<std::vector<std::byte>> reply_to(GenericRequest& request,
                                                          const std::string& operation);
    [[nodiscard]] Status know_features();
    [[nodiscard]] Error untaken(const std::string& device,
                                const std::map<std::string, bool>& wanted,
                                const std::vector<std::string>& names);

    GenericFamily family_{"ethtool"};
    FeatureNames feature_names_;  // asked for once: they are the kernel's, not a device's
};

}  // namespace nanotune
