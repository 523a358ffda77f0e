// What ethtool netlink lacks, or lacked on kernels in use, by ioctl: the receive hash, hardware
// time stamps, counters, the coalescing of single queues.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <nanotune/system.hpp>

#include "system/control_socket.hpp"

namespace nanotune {

class DeviceControl {
  public:
    explicit DeviceControl(std::shared_ptr<ControlSocket> socket) : socket_(std::move(socket)) {}

    /// As Ethtool's.
    [[nodiscard]] Result<ReceiveHash> receive_hash(const std::string& device);
    [[nodiscard]] Status set_receive_hash(const std::string& device,
                                          const ReceiveHashChange& change);
    [[nodiscard]] Result<HardwareStamps> hardware_stamps(const std::string& device);
    [[nodiscard]] Status set_hardware_stamps(const std::string& device,
                                             const HardwareStamps& stamps);
    [[nodiscard]] Result<std::vector<FlowRule>> flow_rules(const std::string& device);
    [[nodiscard]] Status put_flow_rule(const std::string& device, const FlowRule& rule);
    [[nodiscard]] Status remove_flow_rule(const std::string& device, std::uint32_t location);
    [[nodiscard]] Result<DriverInfo> driver(const std::string& device);
    [[nodiscard]] Result<Counters> counters(const std::string& device);
    [[nodiscard]] Result<EthtoolNumbers> queue_coalesce(const std::string& device, unsigned queue);
    [[nodiscard]] Status set_queue_coalesce(const std::string& device, unsigned queue,
                                            const EthtoolNumbers& numbers);

  private:
    [[nodiscard]] bool may_choose_places(const std::string& device);
    /// `data` is what the request's ifr_data points to.
    [[nodiscard]] Status call(unsigned long request, const std::string& device, void* data,
                              const std::string& operation);

    std::shared_ptr<ControlSocket> socket_;
};

}  // namespace nanotune
