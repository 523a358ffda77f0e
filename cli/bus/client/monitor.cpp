// What the daemon's signals tell, as events.
#include <cctype>

#include "connection.hpp"
#include "reaching.hpp"

namespace nanotune::cli {

namespace {

constexpr std::chrono::seconds between_pulses{
    10};  // each wakes the daemon, for as long as anybody listens

/// Of jobs that are seen to begin, by their numbers, until they end.
using Verbs = std::map<std::string, std::string>;

/// The texts among the properties of an object.
Event event_about(std::string_view what, const bus::Facts& properties) {
    Event event = {{"what", std::string(what)}};
    for (const auto& [name, value] : properties) {
        if (value.containsValueOfType<std::string>()) {
            event.emplace_back(name, value.get<std::string>());
        } else if (value.containsValueOfType<bool>()) {
            event.emplace_back(name, value.get<bool>() ? "yes" : "no");
        } else if (value.containsValueOfType<std::uint32_t>()) {
            event.emplace_back(name, std::to_string(value.get<std::uint32_t>()));
        } else if (value.containsValueOfType<std::uint64_t>()) {
            event.emplace_back(name, std::to_string(value.get<std::uint64_t>()));
        } else if (value.containsValueOfType<bus::WireProgress>()) {
            const auto wire = value.get<bus::WireProgress>();
            const auto& [doing, done, total] = bus::fields(wire);
            event.emplace_back("Progress", doing);
            event.emplace_back("Done", std::to_string(done));
            event.emplace_back("Total", std::to_string(total));
        }
    }
    return event;
}

bus::Facts changes_in(sdbus::Message& message) {
    std::string interface;
    bus::Facts changed;
    message >> interface >> changed;
    return changed;
}

/// Of /org/nanotune1/KIND/NAME, with whose they are ("Job", "Device", "Datapath") and, of a job, by
/// which verb it is.
Event changes_of_object(const bus::Facts& changed, const std::string& path, Verbs& verbs) {
    const std::size_t end = path.rfind('/');
    const std::size_t begin = path.rfind('/', end - 1) + 1;
    std::string kind = path.substr(begin, end - begin);
    const std::string name = path.substr(end + 1);
    Event event = event_about(kind, changed);
    kind.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(kind.front())));
    event.insert(event.begin() + 1, {std::move(kind), name});
    if (const auto verb = verbs.find(name); verb != verbs.end() && event[1].first == "Job") {
        event.insert(event.begin() + 2, {"Verb", verb->second});
        const auto state = changed.find("State");
        if (state != changed.end() && state->second.get<std::string>() == "ended") {
            verbs.erase(verb);
        }
    }
    return event;
}

/// That it has begun is told by the object itself.
void note_verb(sdbus::Message& message, Verbs& verbs) {
    sdbus::ObjectPath path;
    std::map<std::string, bus::Facts> interfaces;
    message >> path >> interfaces;
    const auto job = interfaces.find(bus::job_interface);
    if (job == interfaces.end()) {
        return;
    }
    const auto verb = job->second.find("Verb");
    if (verb != job->second.end() && verb->second.containsValueOfType<std::string>()) {
        verbs[path.substr(path.rfind('/') + 1)] = verb->second.get<std::string>();
    }
}

Event drift_in(sdbus::Message& message) {
    std::string what;
    std::string setting;
    sdbus::Struct<std::string, std::string> target;
    std::string from;
    std::string to;
    std::string by;
    message >> what >> setting >> target >> from >> to >> by;
    const auto& [kind, name] = bus::fields(target);
    return {
        {"what", what}, {"Setting", setting}, {"Target", Target{.kind = kind, .name = name}.text()},
        {"From", from}, {"To", to},           {"By", by}};
}

/// Nothing for what nobody need be told.
Event event_of(sdbus::Message& message, Verbs& verbs) {
    const std::string interface = message.getInterfaceName();
    const std::string member = message.getMemberName();
    const std::string path = message.getPath();
    if (interface == bus::manager_interface && member == "Drift") {
        return drift_in(message);
    }
    if (interface == "org.freedesktop.DBus.Properties" && member == "PropertiesChanged") {
        const bus::Facts changed = changes_in(message);
        return path == bus::manager_path ? event_about("state", changed)
                                         : changes_of_object(changed, path, verbs);
    }
    if (member == "InterfacesAdded") {
        note_verb(message, verbs);
    }
    return {};
}

}  // namespace

Status DaemonConnection::monitor(const EventSink& sink, const std::atomic<bool>& stop) {
    bool goes_on = true;
    bool is_gone = false;
    Verbs verbs;
    try {
        const auto heard = [&](sdbus::Message& message) {
            if (message.getInterfaceName() == std::string("org.freedesktop.DBus")) {
                is_gone = true;
            } else if (const Event event = event_of(message, verbs); event.size() > 1 && goes_on) {
                goes_on = sink(event);
            }
        };
        const auto signals = bus::listening(
            *connection_, "type='signal',sender='org.nanotune1',path_namespace='/org/nanotune1'",
            heard);
        const auto owner =
            bus::listening(*connection_,
                           "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',"
                           "arg0='org.nanotune1'",
                           heard);
        goes_on = sink({{"what", "state"},
                        {"State", manager_->State()},
                        {"ActiveProfile", manager_->ActiveProfile()}});
        while (goes_on && !is_gone && !stop) {
            turn(*connection_);
            pulse_->feel(tell, between_pulses);
        }
    } catch (const sdbus::Error& error) {
        return std::unexpected(bus::error_of(error));
    }
    return is_gone ? failure(ErrorCode::io, "nanotuned has ended, or another one is there")
                   : Status();
}

}  // namespace nanotune::cli
