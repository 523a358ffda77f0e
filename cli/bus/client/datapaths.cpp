// Datapaths over the bus: what the daemon shows of them, and what it is asked to do with one.
#include <fmt/core.h>

#include "bus_service.hpp"

namespace nanotune::cli {

namespace {

class DatapathProxy final : public sdbus::ProxyInterfaces<org::nanotune1::Datapath_proxy> {
  public:
    DatapathProxy(sdbus::IConnection& connection, const std::string& path)
        : ProxyInterfaces(connection, bus::ServiceName(bus::service_name),
                          sdbus::ObjectPath(path)) {
        registerProxy();
    }
    ~DatapathProxy() { unregisterProxy(); }
    DatapathProxy(const DatapathProxy&) = delete;
    DatapathProxy& operator=(const DatapathProxy&) = delete;
    DatapathProxy(DatapathProxy&&) = delete;
    DatapathProxy& operator=(DatapathProxy&&) = delete;
};

using Objects = std::map<sdbus::ObjectPath, std::map<std::string, bus::Facts>>;

template <typename T>
T fact(const bus::Facts& facts, const std::string& name) {
    const auto found = facts.find(name);
    return found == facts.end() ? T() : found->second.get<T>();
}

Datapath datapath_of(const bus::Facts& facts) {
    const auto state = fact<std::string>(facts, "State");
    const auto settings = fact<std::map<std::string, std::string>>(facts, "Settings");
    return {.name = fact<std::string>(facts, "Name"),
            .worker = {.settings = WorkerSettings(settings.begin(), settings.end()),
                       .is_running = state == "running" || state == "hangs",
                       .hangs = state == "hangs",
                       .process = fact<std::uint32_t>(facts, "Process"),
                       .restarts = fact<std::uint32_t>(facts, "Restarts"),
                       .how = fact<std::string>(facts, "How")}};
}

std::string path_of(const std::string& name) {
    return bus::object_path("datapath", name);
}

/// An object that is not there is a datapath that is not there.
Error error_about(const std::string& name, const sdbus::Error& fault) {
    constexpr std::string_view absent = "org.freedesktop.DBus.Error.Unknown";
    return std::string_view(fault.getName()).starts_with(absent)
               ? Error{.code = ErrorCode::not_found, .message = "there is no worker " + name}
               : bus::error_of(fault);
}

}  // namespace

Result<std::vector<Datapath>> DaemonConnection::datapaths(bool with_counts) {
    std::vector<Datapath> datapaths;
    try {
        const auto manager = bus::proxy_of(*connection_, bus::service_name, bus::manager_path);
        Objects objects;
        manager->callMethod("GetManagedObjects")
            .onInterface("org.freedesktop.DBus.ObjectManager")
            .storeResultsTo(objects);
        for (const auto& [path, interfaces] : objects) {
            const auto found = interfaces.find(bus::datapath_interface);
            if (found == interfaces.end()) {
                continue;
            }
            Datapath datapath = datapath_of(found->second);
            if (with_counts) {
                for (const auto& line : DatapathProxy(*connection_, path).Stats()) {
                    const auto& [name, value] = bus::fields(line);
                    datapath.counted.emplace_back(name, value);
                }
            }
            datapaths.push_back(std::move(datapath));
        }
    } catch (const sdbus::Error& error) {
        return std::unexpected(bus::error_of(error));
    }
    return datapaths;
}

Status DaemonConnection::act(const std::string& name, DatapathAct act) {
    try {
        DatapathProxy datapath(*connection_, path_of(name));
        if (act == DatapathAct::enable) {
            datapath.Enable();
        } else if (act == DatapathAct::disable) {
            datapath.Disable();
        } else if (act == DatapathAct::reset) {
            datapath.Reset();
        } else if (act == DatapathAct::clear_connections) {
            datapath.ClearConnections();
        }
    } catch (const sdbus::Error& error) {
        return std::unexpected(error_about(name, error));
    }
    return {};
}

Begin DaemonConnection::beginning(const std::string& name, DatapathAct act) {
    return [this, name, act](ManagerProxy& /*manager*/) {
        try {
            DatapathProxy datapath(*connection_, path_of(name));
            return act == DatapathAct::start ? datapath.Start() : datapath.Stop();
        } catch (const sdbus::Error& error) {
            throw bus::fault_of(error_about(name, error));
        }
    };
}

Status BusService::datapath(const std::string& name, DatapathAct act) {
    if (act != DatapathAct::start && act != DatapathAct::stop) {
        return daemon_->act(name, act);
    }
    NT_TRY(const JobEnd end, run(daemon_->beginning(name, act), {.fetch = Fetch::nothing}));
    Report report = bus::report_of(end.facts);
    return report.problems.empty() ? Status()
                                   : Status(std::unexpected(std::move(report.problems.front())));
}

}  // namespace nanotune::cli
