// A network namespace of the test program's own, with the devices that a test asks for. Devices are
// made by rtnetlink: no other program is run.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/system.hpp>

#include "system/route_socket.hpp"
#include "system/storage/storage.hpp"

/// Moves this process into a network and a mount namespace, with a sysfs that shows the new one.
/// Both, and every device in them, end with the process; no second object is needed in it.
/// `is_ours` is false where that is not permitted; the test then has nothing to check, and says so.
class OwnNamespace {
  public:
    OwnNamespace();

    [[nodiscard]] bool is_ours() const { return is_ours_; }
    /// On the kernel as it is in here.
    [[nodiscard]] nanotune::System& system() { return *system_; }
    /// The device of this name; fails the test where there is none.
    [[nodiscard]] nanotune::Link link(const std::string& name);

    /// A pair of `queues` queues each, both ends up.
    void add_veth(const std::string& name, const std::string& peer, unsigned queues);
    /// A tap that lives as long as this object.
    void add_tap(const std::string& name);
    void add_altname(const std::string& device, const std::string& altname);
    void remove(const std::string& device);
    /// "192.0.2.1/24" on the device.
    void add_address(const std::string& device, const std::string& address, unsigned prefix);
    /// A default route through each of the devices, which must be up.
    void add_default_route(const std::vector<std::string>& devices);

  private:
    void send(const nanotune::RouteRequest& request, std::string_view operation);
    void set_up(const std::string& device);

    bool is_ours_ = false;
    std::unique_ptr<nanotune::System> system_;
    std::unique_ptr<nanotune::RouteSocket> routes_;
    nanotune::Descriptor tap_;
};
