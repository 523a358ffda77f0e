// What the manager says of itself: its properties, and the signals of their changes.
#include <string>
#include <vector>

#include "daemon/manager_object.hpp"
#include "daemon/own_version.hpp"

namespace nanotune::daemon {

std::string ManagerObject::Version() {
    return std::string(own_version());
}

void ManagerObject::show(const Snapshot& snapshot) {
    std::vector<bus::PropertyName> changed;
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
    bus::tell_changed(getObject(), bus::manager_interface, changed);
}

bus::Facts ManagerObject::LastReport() {
    return last_.verb.empty() ? bus::Facts()
                              : bus::Facts{bus::told("verb", last_.verb),
                                           bus::told("profile", bus::bus_text(last_.profile)),
                                           bus::told("exit", static_cast<std::int32_t>(last_.exit)),
                                           bus::told("state", std::string(name_of(last_.state))),
                                           bus::told("changed", last_.changed),
                                           bus::told("at", last_.at)};
}

void ManagerObject::show(const daemon::LastReport& report) {
    last_ = report;
    bus::tell_changed(getObject(), bus::manager_interface, {bus::PropertyName("LastReport")});
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
