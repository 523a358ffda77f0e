#include "daemon/datapath_object.hpp"

#include <utility>

#include <fmt/core.h>

#include "daemon/actor.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::size_t most_asking = 8;

/// The names of properties that differ.
std::vector<bus::PropertyName> changes(const Datapath& before, const Datapath& now) {
    std::vector<bus::PropertyName> changed;
    const auto compare = [&changed](bool differs, const char* name) {
        if (differs) {
            changed.emplace_back(name);
        }
    };
    const bool was_armed = is_enabled(before) && before.worker.is_running;
    const bool is_armed = is_enabled(now) && now.worker.is_running;
    compare(state_of(before.worker) != state_of(now.worker), "State");
    compare(is_enabled(before) != is_enabled(now), "Enabled");
    compare(was_armed != is_armed, "Armed");
    compare(before.worker.process != now.worker.process, "Process");
    compare(before.worker.restarts != now.worker.restarts, "Restarts");
    compare(before.worker.how != now.worker.how, "How");
    compare(before.worker.settings != now.worker.settings, "Settings");
    return changed;
}

void record(const cli::KeptDatapaths& kept, const std::function<void(const std::string&)>& log,
            const DatapathObject::Deed& deed) {
    const auto kept_so = kept.record(deed.actor, deed.name, deed.act, deed.done);
    if (!kept_so) {
        log(fmt::format("datapath {}: {} is not in the history: {}", deed.name, name_of(deed.act),
                        kept_so.error().message));
    }
}

}  // namespace

DatapathObject::DatapathObject(sdbus::IConnection& connection, const DatapathParts& parts,
                               Datapath seen)
    : AdaptorInterfaces(connection, bus::object_path("datapath", seen.name)),
      parts_(parts),
      seen_(std::move(seen)) {
    registerAdaptor();
    emitInterfacesAddedSignal({bus::InterfaceName(bus::datapath_interface)});
}

DatapathObject::~DatapathObject() {
    try {
        emitInterfacesRemovedSignal({bus::InterfaceName(bus::datapath_interface)});
    } catch (const sdbus::Error&) {
        // Nobody is left to be told.
    }
    const Error gone{.code = ErrorCode::not_found, .message = seen_.name + ": it is gone by now"};
    for (const auto& [asked, reply] : asking_) {
        reply.refuse(gone);
    }
    if (errand_) {
        errand_->reply.refuse(gone);
    }
    unregisterAdaptor();
}

std::map<std::string, std::string> DatapathObject::Settings() {
    std::map<std::string, std::string> settings;
    for (const auto& [name, value] : seen_.worker.settings) {
        settings.emplace(bus::bus_text(name), bus::bus_text(value));
    }
    return settings;
}

void DatapathObject::show(const Datapath& now) {
    const auto changed = changes(seen_, now);
    seen_ = now;
    if (changed.empty()) {
        return;
    }
    bus::tell_changed(getObject(), bus::datapath_interface, changed);
}

/// Then, for a caller who has the right, with who that is.
template <typename R, typename F>
void DatapathObject::for_whom(const R& reply, Right right, F then) {
    const sdbus::Message& call = bus::call_of(getObject());
    parts_.authority.ask(
        call, right,
        [reply, then = std::move(then), sender = call.getSender(), name = seen_.name,
         alive = std::weak_ptr(alive_)](const nanotune::Result<Caller>& caller) {
            if (!caller) {
                reply.refuse(caller.error());
            } else if (!caller->may) {
                reply.refuse(caller->may.error());
            } else if (alive.expired()) {
                reply.refuse(
                    {.code = ErrorCode::not_found, .message = "there is no worker " + name});
            } else {
                then(*caller, sender);
            }
        });
}

void DatapathObject::end(const Reply<>& reply, const Caller& caller, DatapathAct act,
                         const nanotune::Status& done) {
    parts_.log(fmt::format("datapath {}: {}, asked by process {}, user {}{}", seen_.name,
                           name_of(act), caller.process, caller.user,
                           done ? "" : ": " + done.error().message));
    if (const auto now = parts_.kept.one(seen_.name)) {
        show(*now);  // whoever has the answer finds the properties true
    }
    Deed deed{.actor = actor_of(caller), .name = seen_.name, .act = act, .done = done};
    done ? reply.give() : reply.refuse(done.error());  // and who asked may end
    put_on_record(std::move(deed));
}

/// The bus waits for no disk.
void DatapathObject::put_on_record(Deed deed) const {
    const auto keep = [kept = parts_.kept, log = parts_.log, deed = std::move(deed)] {
        record(kept, log, deed);
    };
    if (!parts_.owed(keep)) {
        parts_.log(fmt::format(
            "datapath {}: {} is not in the history: too much waits for the disk, or no thread "
            "is to be had",
            deed.name, name_of(deed.act)));
    }
}

/// Has something found out there, and this object, or nobody if it is gone by then, told of it by
/// the number `last_asked_` of now. False: too many wait already.
template <typename Work, typename Told>
bool DatapathObject::by_side_thread(Work work, Told told) const {
    return parts_.beside(seen_.name,
                         [kept = parts_.kept, name = seen_.name, work, told,
                          asked = ++last_asked_]() -> DatapathParts::Tell {
                             return [told, asked, found = work(kept, name)](
                                        DatapathObject& object) { told(object, asked, found); };
                         });
}

void DatapathObject::at_once(sdbus::Result<>&& result, DatapathAct act, Right right) {
    const Reply<> reply(std::move(result));
    for_whom(reply, right, [this, reply, act](const Caller& caller, const std::string& /*sender*/) {
        end(reply, caller, act, parts_.kept.act(seen_.name, act));
    });
}

/// What the worker is waited for.
void DatapathObject::beside(sdbus::Result<>&& result, DatapathAct act) {
    const Reply<> reply(std::move(result));
    for_whom(reply, Right::datapath,
             [this, reply, act](const Caller& caller, const std::string& /*sender*/) {
                 // A worker that hangs is waited for once: others want that thread, too.
                 const bool is_taken =
                     !errand_ &&
                     by_side_thread(
                         [act](const cli::KeptDatapaths& kept, const std::string& name) {
                             return kept.act(name, act);
                         },
                         [act](DatapathObject& object, std::uint64_t asked,
                               const nanotune::Status& done) { object.acted(asked, act, done); });
                 if (is_taken) {
                     errand_ = Errand{.asked = last_asked_, .reply = reply, .caller = caller};
                 } else {
                     reply.refuse({.code = ErrorCode::busy,
                                   .message = seen_.name + ": its worker is waited for already"});
                 }
             });
}

void DatapathObject::acted(std::uint64_t asked, DatapathAct act, const nanotune::Status& done) {
    if (errand_ && errand_->asked == asked) {
        const Errand errand = *std::move(errand_);
        errand_.reset();
        end(errand.reply, errand.caller, act, done);
    }
}

void DatapathObject::Enable(sdbus::Result<>&& result) {
    at_once(std::move(result), DatapathAct::enable, Right::enable_orders);
}

void DatapathObject::Disable(sdbus::Result<>&& result) {
    at_once(std::move(result), DatapathAct::disable, Right::datapath);
}

void DatapathObject::Reset(sdbus::Result<>&& result) {
    beside(std::move(result), DatapathAct::reset);
}

void DatapathObject::ClearConnections(sdbus::Result<>&& result) {
    beside(std::move(result), DatapathAct::clear_connections);
}

void DatapathObject::by_job(sdbus::Result<Path>&& result, DatapathAct act) {
    const Reply<Path> reply(std::move(result));
    for_whom(reply, Right::datapath,
             [this, reply, act](const Caller& caller, const std::string& sender) {
                 Work work{
                     .job = 0,
                     .is_urgent = true,
                     .may_inspect = true,
                     .files = {},
                     .session_address = {},
                     .actor = actor_of(caller),
                     .run = [kept = parts_.kept, name = seen_.name, act, actor = actor_of(caller),
                             log = parts_.log](Service& /*service*/, const ProgressSink&) {
                         Answer answer;
                         answer.report.verb = "datapath";
                         nanotune::Status done = kept.act(name, act);
                         record(kept, log,
                                {.actor = actor, .name = name, .act = act, .done = done});
                         if (!done) {
                             answer.report.problems.push_back(std::move(done).error());
                             answer.report.exit = Exit::refused;
                         }
                         return answer;
                     }};
                 parts_.log(fmt::format("datapath {}: {}, asked by process {}, user {}", seen_.name,
                                        name_of(act), caller.process, caller.user));
                 const auto job = parts_.jobs.begin(parts_.next_job(),
                                                    {.number = 0,
                                                     .verb = std::string(name_of(act)),
                                                     .sender = sender,
                                                     .user = caller.user},
                                                    std::move(work));
                 job ? reply.give(*job) : reply.refuse(job.error());
             });
}

void DatapathObject::Start(sdbus::Result<Path>&& result) {
    by_job(std::move(result), DatapathAct::start);
}

void DatapathObject::Stop(sdbus::Result<Path>&& result) {
    by_job(std::move(result), DatapathAct::stop);
}

void DatapathObject::Stats(sdbus::Result<WireCounted>&& result) {
    const Reply<WireCounted> reply(std::move(result));
    for_whom(
        reply, Right::inspect,
        [this, reply](const Caller& /*caller*/, const std::string& /*sender*/) {
            const bool is_taken =
                asking_.size() < most_asking &&
                by_side_thread(
                    [](const cli::KeptDatapaths& kept, const std::string& name) {
                        return kept.counted(name);
                    },
                    [](DatapathObject& object, std::uint64_t asked,
                       const nanotune::Result<Counted>& found) { object.counted(asked, found); });
            if (is_taken) {
                asking_.emplace(last_asked_, reply);
            } else {
                reply.refuse({.code = ErrorCode::exhausted,
                              .message = seen_.name + ": too many ask for its counts already"});
            }
        });
}

void DatapathObject::counted(std::uint64_t asked, const nanotune::Result<Counted>& counted) {
    const auto found = asking_.find(asked);
    if (found == asking_.end()) {
        return;
    }
    const Reply<WireCounted> reply = found->second;
    asking_.erase(found);
    if (!counted) {
        reply.refuse(counted.error());
        return;
    }
    WireCounted wire;
    for (const auto& [name, value] : *counted) {
        wire.emplace_back(bus::bus_text(name), bus::bus_text(value));
    }
    reply.give(wire);
}

}  // namespace nanotune::daemon
