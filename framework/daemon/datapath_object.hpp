// One datapath on the bus: what is seen of it, and what is asked of it. What is done at once is
// done here, in the worker's memory; what the worker is waited for is done beside everything else;
// starting and stopping are jobs of the engine's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/direct/kept_datapaths.hpp"
#include "daemon/authority.hpp"
#include "daemon/jobs.hpp"
#include "daemon/reply.hpp"
#include "service/bus/adaptor.hpp"

namespace nanotune::daemon {

class DatapathObject;

struct DatapathParts {
    /// Made beside everything else, and then called on the bus's thread.
    using Tell = std::function<void(DatapathObject&)>;
    Authority& authority;
    Jobs& jobs;
    std::function<std::uint64_t()> next_job;
    cli::KeptDatapaths kept;
    /// Runs the task on another thread, and what it returns with the object of this name, if it is
    /// still there. False: too many wait already.
    std::function<bool(const std::string& name, std::function<Tell()> task)> beside;
    /// The same for what is done also where the daemon ends before.
    std::function<bool(std::function<void()> task)> owed;
    std::function<void(const std::string&)> log;
};

class DatapathObject final : public sdbus::AdaptorInterfaces<org::nanotune1::Datapath_adaptor,
                                                             sdbus::ManagedObject_adaptor> {
  public:
    /// The parts outlive it.
    DatapathObject(sdbus::IConnection& connection, const DatapathParts& parts, Datapath seen);
    ~DatapathObject();
    DatapathObject(const DatapathObject&) = delete;
    DatapathObject& operator=(const DatapathObject&) = delete;
    DatapathObject(DatapathObject&&) = delete;
    DatapathObject& operator=(DatapathObject&&) = delete;

    /// What was done, for the history.
    struct Deed {
        Actor actor;
        std::string name;
        DatapathAct act = DatapathAct::disable;
        nanotune::Status done;
    };

    /// Tells what has changed.
    void show(const Datapath& now);

  private:
    using Path = sdbus::ObjectPath;
    using WireCounted = std::vector<bus::WirePair>;

    void Start(sdbus::Result<Path>&& result) override;
    void Stop(sdbus::Result<Path>&& result) override;
    void Enable(sdbus::Result<>&& result) override;
    void Disable(sdbus::Result<>&& result) override;
    void Reset(sdbus::Result<>&& result) override;
    void ClearConnections(sdbus::Result<>&& result) override;
    void Stats(sdbus::Result<WireCounted>&& result) override;

    std::string Name() override { return seen_.name; }
    std::string State() override { return std::string(state_of(seen_.worker)); }
    bool Enabled() override { return is_enabled(seen_); }
    bool Armed() override { return is_enabled(seen_) && seen_.worker.is_running; }
    std::uint32_t Process() override { return seen_.worker.process; }
    std::uint32_t Restarts() override { return seen_.worker.restarts; }
    std::string How() override { return bus::bus_text(seen_.worker.how); }
    std::map<std::string, std::string> Settings() override;

    template <typename R, typename F>
    void for_whom(const R& reply, Right right, F then);
    void at_once(sdbus::Result<>&& result, DatapathAct act, Right right);
    void beside(sdbus::Result<>&& result, DatapathAct act);
    void end(const Reply<>& reply, const Caller& caller, DatapathAct act,
             const nanotune::Status& done);
    void put_on_record(Deed deed) const;
    template <typename Work, typename Told>
    bool by_side_thread(Work work, Told told) const;
    void acted(std::uint64_t asked, DatapathAct act, const nanotune::Status& done);
    void counted(std::uint64_t asked, const nanotune::Result<Counted>& counted);
    void by_job(sdbus::Result<Path>&& result, DatapathAct act);

    const DatapathParts& parts_;
    Datapath seen_;
    /// What its worker is waited for.
    struct Errand {
        std::uint64_t asked = 0;
        Reply<> reply;
        Caller caller;
    };
    // Those that another thread is at work for; they stay on this one.
    std::map<std::uint64_t, Reply<WireCounted>> asking_;
    std::optional<Errand> errand_;
    /// Of all objects: one that is made anew takes no answer that is meant for its predecessor.
    inline static std::uint64_t last_asked_ = 0;
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace nanotune::daemon
