// rtnetlink on the running kernel, with netdev netlink for the queues' interrupts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nanotune/system.hpp>

#include "system/netdev.hpp"
#include "system/route_socket.hpp"

namespace nanotune {

class KernelLinks final : public Links {
  public:
    Result<std::vector<Link>> list() override;
    Result<Link> link(const std::string& device) override;
    Status set(const std::string& device, std::uint16_t attribute, std::uint32_t number) override;
    Result<std::vector<std::string>> default_route_devices() override;
    Result<std::string> device_of_address(const std::string& address) override;
    Result<std::vector<Link>> elsewhere() override;
    Result<std::vector<QueueInterrupt>> queue_interrupts(const std::string& device) override;
    Result<Qdisc> qdisc(const std::string& device) override;
    Status put_qdisc(const std::string& device, const Qdisc& qdisc) override;
    Status remove_qdisc(const std::string& device) override;

  private:
    [[nodiscard]] Result<Bodies> exchange(nl_msg* request, std::string_view operation);

    std::optional<RouteSocket> socket_;
    Netdev netdev_;
};

}  // namespace nanotune
