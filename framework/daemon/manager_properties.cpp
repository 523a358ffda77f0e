// What the manager says of itself: its properties, and the signals of their changes.
#include <string>
#include <vector>

#include "daemon/manager_object.hpp"

namespace nanotune::daemon {

std::string ManagerObject::Version() {
    return NANOTUNE_VERSION;
}

void ManagerObject::show(const Snapshot& snapshot) {
    std::vector<std::string> changed;
    const auto compare = [&changed](const std::string& a, const std::string& b, const char* name) {
        if (a != b) {
            changed.emplace_back(name);
        }
    };
    compare(snapshot.state, snapshot_.state, "State");
    compare(snapshot.profile, snapshot_.profile, "ActiveProfile");
    compare(snapshot.profile_hash, snapshot_.profile_hash, "ProfileHash");
    compare(snapshot.frozen, snapshot_.frozen, "Frozen");
    snapshot_ = snapshot;
    if (changed.empty()) {
        return;
    }
    try {
        getObject().emitPropertiesChangedSignal(bus::manager_interface, changed);
    } catch (const sdbus::Error&) {
        // The connection is lost, which its next use says.
    }
}

bus::Facts ManagerObject::LastReport() {
    return last_.verb.empty() ? bus::Facts()
                              : bus::Facts{{"verb", last_.verb},
                                           {"profile", bus::bus_text(last_.profile)},
                                           {"exit", static_cast<std::int32_t>(last_.exit)},
                                           {"state", std::string(name_of(last_.state))},
                                           {"changed", last_.changed},
                                           {"at", last_.at}};
}

void ManagerObject::show(const daemon::LastReport& report) {
    last_ = report;
    try {
        getObject().emitPropertiesChangedSignal(bus::manager_interface, {"LastReport"});
    } catch (const sdbus::Error&) {
        // The connection is lost, which its next use says.
    }
}

void ManagerObject::tell(const DriftEvent& event) {
    const auto shown = [&event](const std::string& value) {
        return event.is_public ? bus::bus_text(value) : std::string();
    };
    try {
        emitDrift(std::string(name_of(event.what)), bus::bus_text(event.place.setting),
                  sdbus::make_struct(bus::bus_text(event.place.target.kind),
                                     bus::bus_text(event.place.target.name)),
                  shown(event.from), shown(event.to), bus::bus_text(event.by));
    } catch (const sdbus::Error&) {
        // The connection is lost, which its next use says.
    }
}

}  // namespace nanotune::daemon
