#include "daemon/shown_objects.hpp"

#include <utility>
#include <vector>

namespace nanotune::daemon {

PluginObject::PluginObject(sdbus::IConnection& connection, PluginInfo plugin)
    : AdaptorInterfaces(connection, bus::object_path("plugin", plugin.name)),
      plugin_(std::move(plugin)) {
    registerAdaptor();
    emitInterfacesAddedSignal({bus::InterfaceName(bus::plugin_interface)});
}

PluginObject::~PluginObject() {
    unregisterAdaptor();  // with the connection: whatever is installed is so until the daemon ends
}

DeviceObject::DeviceObject(sdbus::IConnection& connection, std::string name, DeviceFacts facts)
    : AdaptorInterfaces(connection, bus::object_path("device", name)),
      name_(std::move(name)),
      facts_(facts) {
    registerAdaptor();
    emitInterfacesAddedSignal({bus::InterfaceName(bus::device_interface)});
}

DeviceObject::~DeviceObject() {
    try {
        emitInterfacesRemovedSignal({bus::InterfaceName(bus::device_interface)});
    } catch (const sdbus::Error&) {
        // Nobody is left to be told.
    }
    unregisterAdaptor();
}

void DeviceObject::show(const DeviceFacts& now) {
    std::vector<bus::PropertyName> changed;
    if ((facts_.drifted == 0) != (now.drifted == 0)) {
        changed.emplace_back("State");
    }
    if (facts_.held != now.held) {
        changed.emplace_back("SettingsHeld");
    }
    if (facts_.drifted != now.drifted) {
        changed.emplace_back("SettingsDrifted");
    }
    facts_ = now;
    if (changed.empty()) {
        return;
    }
    bus::tell_changed(getObject(), bus::device_interface, changed);
}

}  // namespace nanotune::daemon
