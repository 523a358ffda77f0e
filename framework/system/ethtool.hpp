// Ethtool on the running kernel: generic netlink, and ioctls for what that lacks.
#pragma once

#include <map>
#include <string>

#include <nanotune/system.hpp>

#include "system/device_control.hpp"
#include "system/feature_message.hpp"
#include "system/generic_family.hpp"

namespace nanotune {

class KernelEthtool final : public Ethtool {
  public:
    explicit KernelEthtool(std::shared_ptr<ControlSocket> control) : control_(std::move(control)) {}

    Result<EthtoolNumbers> get(std::uint8_t command, const std::string& device) override;
    Status set(std::uint8_t command, const std::string& device,
               const EthtoolNumbers& numbers) override;
    Result<Features> features(const std::string& device) override;
    Status set_features(const std::string& device,
                        const std::map<std::string, bool>& wanted) override;
    Result<EthtoolBits> bits(std::uint8_t command, const std::string& device,
                             std::uint16_t attribute) override;
    Status set_bits(std::uint8_t command, const std::string& device, std::uint16_t attribute,
                    const EthtoolBits& bits, const EthtoolNumbers& numbers) override;
    Result<ReceiveHash> receive_hash(const std::string& device) override {
        return control_.receive_hash(device);
    }
    Status set_receive_hash(const std::string& device, const ReceiveHashChange& change) override {
        return control_.set_receive_hash(device, change);
    }
    Result<HardwareStamps> hardware_stamps(const std::string& device) override {
        return control_.hardware_stamps(device);
    }
    Status set_hardware_stamps(const std::string& device, const HardwareStamps& stamps) override {
        return control_.set_hardware_stamps(device, stamps);
    }
    Result<std::vector<FlowRule>> flow_rules(const std::string& device) override {
        return control_.flow_rules(device);
    }
    Status put_flow_rule(const std::string& device, const FlowRule& rule) override {
        return control_.put_flow_rule(device, rule);
    }
    Status remove_flow_rule(const std::string& device, std::uint32_t location) override {
        return control_.remove_flow_rule(device, location);
    }
    Result<DriverInfo> driver(const std::string& device) override {
        return control_.driver(device);
    }
    Result<Counters> counters(const std::string& device) override {
        return control_.counters(device);
    }
    Result<EthtoolNumbers> queue_coalesce(const std::string& device, unsigned queue) override {
        return control_.queue_coalesce(device, queue);
    }
    Status set_queue_coalesce(const std::string& device, unsigned queue,
                              const EthtoolNumbers& numbers) override {
        return control_.set_queue_coalesce(device, queue, numbers);
    }

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
    std::shared_ptr<const FeatureNames> feature_names_;  // asked for once: they are the kernel's
    DeviceControl control_;
};

}  // namespace nanotune
