// rtnetlink on the running kernel, with netdev netlink for the queues' interrupts.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nanotune/system.hpp>

#include "system/control_socket.hpp"
#include "system/netdev.hpp"
#include "system/route_socket.hpp"
#include "system/xdp_sockets.hpp"

namespace nanotune {

class KernelLinks final : public Links {
  public:
    explicit KernelLinks(std::shared_ptr<ControlSocket> control = std::make_shared<ControlSocket>())
        : control_(std::move(control)) {}

    Result<std::vector<Link>> list() override;
    Result<Link> link(const std::string& device) override;
    Result<std::string> name(unsigned index) override;
    Status set(const std::string& device, std::uint16_t attribute, std::uint32_t number) override;
    Result<std::vector<std::string>> default_route_devices() override;
    Result<std::string> device_of_address(const std::string& address) override;
    Result<std::vector<Link>> elsewhere() override;
    Result<std::vector<QueueInterrupt>> queue_interrupts(const std::string& device) override;
    Result<NapiTimes> napi_times(unsigned napi) override { return netdev_.times(napi); }
    Status set_napi_times(unsigned napi, const NapiTimes& times) override {
        return netdev_.set_times(napi, times);
    }
    Result<std::vector<XdpSocket>> xdp_sockets() override { return xdp_sockets_.list(); }
    Result<std::uint64_t> xdp_features(const std::string& device) override {
        return netdev_.xdp_features(device);
    }
    Result<Qdisc> qdisc(const std::string& device) override;
    Status put_qdisc(const std::string& device, const Qdisc& qdisc) override;
    Status remove_qdisc(const std::string& device) override;

  private:
    [[nodiscard]] Result<Bodies> exchange(nl_msg* request, std::string_view operation);
    /// "" for a device that has gone meanwhile.
    [[nodiscard]] Result<std::string> name_today(unsigned index);

    std::optional<RouteSocket> socket_;
    std::shared_ptr<ControlSocket> control_;
    Netdev netdev_;
    XdpSockets xdp_sockets_;
};

}  // namespace nanotune
