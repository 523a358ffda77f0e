#include "daemon/objects.hpp"

#include <algorithm>

namespace nanotune::daemon {

namespace {

/// The one of this name is shown; a new one is made, where the connection still takes one.
template <typename Object, typename Facts, typename Make>
void shown(std::map<std::string, std::unique_ptr<Object>>& objects, const std::string& name,
           const Facts& facts, Make make) {
    try {
        if (auto& object = objects[name]; object) {
            object->show(facts);
        } else {
            object = make();
        }
    } catch (const sdbus::Error&) {
        objects.erase(name);  // the connection is lost, which its next use says
    }
}

}  // namespace

void Objects::show(const std::vector<PluginInfo>& plugins) {
    for (const PluginInfo& plugin : plugins) {
        try {
            if (!plugins_.contains(plugin.name)) {
                plugins_.emplace(plugin.name, std::make_unique<PluginObject>(connection_, plugin));
            }
        } catch (const sdbus::Error&) {
            return;  // as above
        }
    }
}

void Objects::show(const std::map<std::string, DeviceFacts>& devices) {
    std::erase_if(devices_, [&](const auto& known) { return !devices.contains(known.first); });
    for (const auto& [name, facts] : devices) {
        shown(devices_, name, facts,
              [&] { return std::make_unique<DeviceObject>(connection_, name, facts); });
    }
}

void Objects::show(const std::vector<Datapath>& datapaths) {
    std::erase_if(datapaths_, [&](const auto& known) {
        return std::ranges::find(datapaths, known.first, &Datapath::name) == datapaths.end();
    });
    for (const Datapath& datapath : datapaths) {
        shown(datapaths_, datapath.name, datapath,
              [&] { return std::make_unique<DatapathObject>(connection_, parts_, datapath); });
    }
}

DatapathObject* Objects::datapath(const std::string& name) {
    const auto found = datapaths_.find(name);
    return found == datapaths_.end() ? nullptr : found->second.get();
}

}  // namespace nanotune::daemon
