// Objects of the bus that only show something: plugins, and devices of which something is held.
#pragma once

#include <string>

#include "daemon/snapshot.hpp"
#include "service/bus/adaptor.hpp"

namespace nanotune::daemon {

class PluginObject final : public sdbus::AdaptorInterfaces<org::nanotune1::Plugin_adaptor,
                                                           sdbus::ManagedObject_adaptor> {
  public:
    PluginObject(sdbus::IConnection& connection, PluginInfo plugin);
    ~PluginObject();
    PluginObject(const PluginObject&) = delete;
    PluginObject& operator=(const PluginObject&) = delete;
    PluginObject(PluginObject&&) = delete;
    PluginObject& operator=(PluginObject&&) = delete;

  private:
    std::string Name() override { return bus::bus_text(plugin_.name); }
    std::string File() override { return bus::bus_text(plugin_.file); }
    std::string Refused() override { return bus::bus_text(plugin_.refused); }

    PluginInfo plugin_;
};

class DeviceObject final : public sdbus::AdaptorInterfaces<org::nanotune1::Device_adaptor,
                                                           sdbus::ManagedObject_adaptor> {
  public:
    DeviceObject(sdbus::IConnection& connection, std::string name, DeviceFacts facts);
    ~DeviceObject();
    DeviceObject(const DeviceObject&) = delete;
    DeviceObject& operator=(const DeviceObject&) = delete;
    DeviceObject(DeviceObject&&) = delete;
    DeviceObject& operator=(DeviceObject&&) = delete;

    /// Tells what has changed.
    void show(const DeviceFacts& now);

  private:
    std::string Name() override { return bus::bus_text(name_); }
    std::string State() override { return facts_.drifted == 0 ? "tuned" : "drifted"; }
    std::uint64_t SettingsHeld() override { return facts_.held; }
    std::uint64_t SettingsDrifted() override { return facts_.drifted; }

    std::string name_;
    DeviceFacts facts_;
};

}  // namespace nanotune::daemon
