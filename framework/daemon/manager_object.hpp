// The object that every client begins with: its methods begin jobs, its properties are a snapshot.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/authority.hpp"
#include "daemon/call_options.hpp"
#include "daemon/jobs.hpp"
#include "daemon/reply.hpp"
#include "service/bus/adaptor.hpp"

namespace nanotune::daemon {

class ManagerObject final : public sdbus::AdaptorInterfaces<org::nanotune1::Manager_adaptor,
                                                            sdbus::ObjectManager_adaptor> {
  public:
    struct Parts {
        Authority& authority;
        Jobs& jobs;
        std::function<std::uint64_t()> next_job;
        std::function<std::vector<std::string>()> profiles;  ///< those that can be named
    };

    ManagerObject(sdbus::IConnection& connection, Parts parts, Snapshot snapshot);
    ~ManagerObject() { unregisterAdaptor(); }
    ManagerObject(const ManagerObject&) = delete;
    ManagerObject& operator=(const ManagerObject&) = delete;
    ManagerObject(ManagerObject&&) = delete;
    ManagerObject& operator=(ManagerObject&&) = delete;

    /// Tells what has changed.
    void show(const Snapshot& snapshot);
    void tell(const DriftEvent& event);
    void show(const daemon::LastReport& report);

  private:
    using Path = sdbus::ObjectPath;
    using Files = std::vector<bus::WireFile>;
    using Pairs = std::vector<bus::WirePair>;
    using Run = std::function<Answer(Service&, const ProgressSink&, const CalledProfile&,
                                     const CallOptions&)>;
    struct Verb {
        std::string_view name;
        Right right = Right::none;
        bool changes = false;
        std::span<const std::string_view> options = {};
        /// Without the right, profiles by their names are taken, and all but the rows is told.
        bool is_open_in_part = false;
    };
    struct Said {
        std::string profile;
        Files files;
        Pairs set;
        bus::Facts options;
    };
    /// What was said, checked: no descriptor, and nothing else of a client's own size, is kept
    /// while others decide.
    struct Call {
        std::string sender;
        CalledProfile profile;
        CallOptions options;
    };

    void Plan(sdbus::Result<Path>&& result, std::string profile, Files files, Pairs set,
              bus::Facts options) override;
    void Apply(sdbus::Result<Path>&& result, std::string profile, Files files, Pairs set,
               bus::Facts options) override;
    void Verify(sdbus::Result<Path>&& result, std::string profile, Files files, Pairs set,
                bus::Facts options) override;
    void ShowProfile(sdbus::Result<Path>&& result, std::string profile, Files files,
                     Pairs set) override;
    void CheckProfile(sdbus::Result<Path>&& result, std::string profile, Files files,
                      Pairs set) override;
    void Confirm(sdbus::Result<Path>&& result) override;
    void Rollback(sdbus::Result<Path>&& result, bus::Facts options) override;
    void PlanRollback(sdbus::Result<Path>&& result, bus::Facts options) override;
    void Status(sdbus::Result<Path>&& result) override;
    void Capture(sdbus::Result<Path>&& result) override;
    void ListProfiles(sdbus::Result<Path>&& result) override;
    void Freeze(sdbus::Result<Path>&& result, std::string reason, bus::Facts options) override;
    void Thaw(sdbus::Result<Path>&& result) override;
    void History(sdbus::Result<Path>&& result, std::uint32_t count) override;

    std::string State() override { return snapshot_.state; }
    std::string ActiveProfile() override { return bus::bus_text(snapshot_.profile); }
    std::string ProfileHash() override { return bus::bus_text(snapshot_.profile_hash); }
    std::string Frozen() override { return bus::bus_text(snapshot_.frozen); }
    bus::Facts LastReport() override;
    std::string Version() override;

    /// Checks what was said, decides, and hands the work over; answers with the job, or why not.
    void begin(sdbus::Result<Path>&& result, const Verb& verb, const Said& said, Run run);
    [[nodiscard]] Result<Call> call_of(const Verb& verb, const Said& said) const;
    Result<Path> begun(const Verb& verb, const Caller& caller, const Call& call, const Run& run);

    Parts parts_;
    // Calls that give files, and wait: until it is known whose they are, and for polkit, where
    // root's never are.
    std::size_t unknown_with_files_ = 0;
    std::size_t asking_with_files_ = 0;
    Snapshot snapshot_;
    daemon::LastReport last_;
};

}  // namespace nanotune::daemon
