// One connection to the daemon, and jobs run over it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../../surroundings.hpp"
#include "pulse.hpp"
#include "service/bus/proxy.hpp"
#include "service/datapaths.hpp"

namespace nanotune::cli {

/// The manager's methods, called on the caller's thread.
class ManagerProxy final : public sdbus::ProxyInterfaces<org::nanotune1::Manager_proxy> {
  public:
    explicit ManagerProxy(sdbus::IConnection& connection)
        : ProxyInterfaces(connection, bus::ServiceName(bus::service_name),
                          sdbus::ObjectPath(bus::manager_path)) {
        registerProxy();
    }
    ~ManagerProxy() { unregisterProxy(); }
    ManagerProxy(const ManagerProxy&) = delete;
    ManagerProxy& operator=(const ManagerProxy&) = delete;
    ManagerProxy(ManagerProxy&&) = delete;
    ManagerProxy& operator=(ManagerProxy&&) = delete;

  private:
    /// Who is interested listens to all signals at once.
    void onDrift(const std::string& /*what*/, const std::string& /*setting*/,
                 const sdbus::Struct<std::string, std::string>& /*target*/,
                 const std::string& /*from*/, const std::string& /*to*/,
                 const std::string& /*by*/) override {}
};

/// What a job came to, with everything that there is to fetch of it.
struct JobEnd {
    bus::Facts facts;
    std::vector<Row> rows;
    std::vector<Row> left;
    std::vector<Row> stranded;
    std::vector<Row> drifted;
    std::string text;
};

/// What is fetched of a job besides its facts.
enum class Fetch { rows, status, text, nothing };

/// How a job is waited for.
struct Waiting {
    Fetch fetch = Fetch::rows;
    ProgressSink progress = {};
    const std::atomic<bool>* cancelled = nullptr;  ///< set: the job is asked to stop
};

/// Begins a job by a method of the manager.
using Begin = std::function<sdbus::ObjectPath(ManagerProxy&)>;

/// Nothing leaves it but results. One thread uses it.
class DaemonConnection {
  public:
    /// Errors: not_found: nobody has the name, nor can be started; io: there is no bus; timed_out:
    /// it does not answer.
    static Result<std::unique_ptr<DaemonConnection>> open(const ServiceOptions& options);

    /// Tells what the daemon says of itself and its jobs. Errors: io: it has gone.
    Status monitor(const EventSink& sink, const std::atomic<bool>& stop);

    /// What the daemon shows of them. Errors: what it says.
    Result<std::vector<Datapath>> datapaths(bool with_counts);
    /// What is done at once. Errors: what the daemon says; not_found.
    Status act(const std::string& name, DatapathAct act);
    /// Begins the job that starts or stops one.
    [[nodiscard]] Begin beginning(const std::string& name, DatapathAct act);

    /// Errors: what the daemon says; while it has no room for another job, that is waited for, for
    /// `patience`. `was_lost` is set where the daemon had begun, or may have, and did not end;
    /// timed_out where it no longer answers.
    Result<JobEnd> run(const Begin& begin, const Waiting& waiting,
                       std::chrono::milliseconds patience, bool& was_lost);

  private:
    DaemonConnection(std::unique_ptr<sdbus::IConnection> connection,
                     std::chrono::milliseconds patience)
        : connection_(std::move(connection)), call_patience_(patience) {}
    [[nodiscard]] sdbus::ObjectPath begun(const Begin& begin, std::chrono::milliseconds patience);
    JobEnd waited(const sdbus::ObjectPath& path, const Waiting& waiting);

    std::unique_ptr<sdbus::IConnection> connection_;
    std::chrono::milliseconds call_patience_;
    std::unique_ptr<Pulse> pulse_;
    std::unique_ptr<ManagerProxy> manager_;
};

}  // namespace nanotune::cli
