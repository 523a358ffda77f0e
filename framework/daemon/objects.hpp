// What there is on the bus besides the manager and its jobs: one object for each plugin, each tuned
// device and each datapath, made and ended as these come and go.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/datapath_object.hpp"
#include "daemon/shown_objects.hpp"

namespace nanotune::daemon {

/// Lives as long as the connection; used on the bus's thread alone.
class Objects {
  public:
    Objects(sdbus::IConnection& connection, DatapathParts parts)
        : connection_(connection), parts_(std::move(parts)) {}

    void show(const std::vector<PluginInfo>& plugins);
    void show(const std::map<std::string, DeviceFacts>& devices);
    void show(const std::vector<Datapath>& datapaths);
    /// nullptr for one that is not there.
    [[nodiscard]] DatapathObject* datapath(const std::string& name);

  private:
    sdbus::IConnection& connection_;
    DatapathParts parts_;
    std::map<std::string, std::unique_ptr<PluginObject>> plugins_;
    std::map<std::string, std::unique_ptr<DeviceObject>> devices_;
    std::map<std::string, std::unique_ptr<DatapathObject>> datapaths_;
};

}  // namespace nanotune::daemon
