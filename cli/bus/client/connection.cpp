#include "connection.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include "service/bus/asking.hpp"

namespace nanotune::cli {

namespace {

constexpr std::chrono::seconds call_patience{30};
constexpr std::chrono::seconds patience_with_people{130};  // while polkit asks for a password
constexpr std::chrono::hours job_patience{24};
constexpr std::chrono::milliseconds glance{100};  // at the flag that a signal sets

class JobProxy final
    : public sdbus::ProxyInterfaces<org::nanotune1::Job_proxy, sdbus::Properties_proxy> {
  public:
    JobProxy(sdbus::IConnection& connection, const sdbus::ObjectPath& path, ProgressSink progress)
        : ProxyInterfaces(connection, bus::ServiceName(bus::service_name), sdbus::ObjectPath(path)),
          progress_(std::move(progress)) {
        registerProxy();
    }
    ~JobProxy() { unregisterProxy(); }
    JobProxy(const JobProxy&) = delete;
    JobProxy& operator=(const JobProxy&) = delete;
    JobProxy(JobProxy&&) = delete;
    JobProxy& operator=(JobProxy&&) = delete;

    [[nodiscard]] bool has_answer() const { return facts_ || fault_; }
    /// Throws sdbus::Error, as any other call.
    [[nodiscard]] bus::Facts answer() const {
        if (fault_) {
            throw sdbus::Error(*fault_);
        }
        return *facts_;
    }

  private:
    void onWaitReply(const bus::Facts& result, bus::Fault fault) override {
        if (const sdbus::Error* const error = bus::error_in(fault); error != nullptr) {
            fault_ = *error;
        } else {
            facts_ = result;
        }
    }

    void onPropertiesChanged(const bus::InterfaceName& /*interface*/,
                             const std::map<bus::PropertyName, sdbus::Variant>& changed,
                             const std::vector<bus::PropertyName>& /*invalidated*/) override {
        const auto found = changed.find(bus::PropertyName("Progress"));
        if (found == changed.end() || !progress_ ||
            !found->second.containsValueOfType<bus::WireProgress>()) {
            return;
        }
        const auto wire = found->second.get<bus::WireProgress>();
        const auto& [doing, done, total] = bus::fields(wire);
        progress_({.doing = doing, .done = done, .total = total});
    }

    ProgressSink progress_;
    std::optional<bus::Facts> facts_;
    std::optional<sdbus::Error> fault_;
};

/// Handles what has come, then waits for more, for a moment at most.
void turn(sdbus::IConnection& connection) {
    while (bus::process_one(connection)) {
    }
    const auto data = connection.getEventLoopPollData();
    pollfd waited{.fd = data.fd, .events = data.events, .revents = 0};
    const int timeout = data.getPollTimeout();
    constexpr int most = static_cast<int>(glance.count());
    ::poll(&waited, 1, timeout < 0 ? most : std::min(timeout, most));
}

std::vector<Row> all_rows(JobProxy& job, const std::string& list, const bus::Facts& facts) {
    const auto found = facts.find(list);
    const std::uint64_t count = found == facts.end() ? 0 : found->second.get<std::uint64_t>();
    std::vector<Row> rows;
    while (rows.size() < count) {
        const auto page = job.Rows(list, rows.size());
        if (page.empty()) {
            break;
        }
        std::ranges::transform(page, std::back_inserter(rows), bus::row_of);
    }
    return rows;
}

}  // namespace

Result<std::unique_ptr<DaemonConnection>> DaemonConnection::open() {
    try {
        auto connection = sdbus::createSystemBusConnection();
        const bool has_people = ::isatty(STDIN_FILENO) == 1;
        if (has_people) {
            bus::let_calls_be_asked(*connection);
        }
        const std::chrono::seconds patience = has_people ? patience_with_people : call_patience;
        connection->setMethodCallTimeout(patience);
        std::unique_ptr<DaemonConnection> daemon(
            new DaemonConnection(std::move(connection), patience));
        daemon->manager_ = std::make_unique<ManagerProxy>(*daemon->connection_);
        // What travels on the bus, and what it means, is the same within one version alone.
        const std::string version = daemon->manager_->Version();
        if (version != NANOTUNE_VERSION) {
            return failure(
                ErrorCode::conflict,
                fmt::format("nanotuned {} runs here, and this is nanotune {}: restart it, "
                            "which changes no setting unless on_stop of its host.toml "
                            "says so: systemctl restart nanotuned",
                            version, NANOTUNE_VERSION));
        }
        return daemon;
    } catch (const sdbus::Error& error) {
        return std::unexpected(bus::error_of(error));
    }
}

sdbus::ObjectPath DaemonConnection::begun(const Begin& begin, std::chrono::milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    for (;;) {
        try {
            return begin(*manager_);
        } catch (const sdbus::Error& error) {
            if (bus::error_of(error).code != ErrorCode::exhausted ||
                std::chrono::steady_clock::now() >= end) {
                throw;
            }
        }
        std::this_thread::sleep_for(glance);
    }
}

JobEnd DaemonConnection::waited(const sdbus::ObjectPath& path, const Waiting& waiting) {
    JobProxy job(*connection_, path, waiting.progress);
    connection_->setMethodCallTimeout(job_patience);
    job.Wait();
    connection_->setMethodCallTimeout(call_patience_);
    for (bool is_asked_to_stop = false; !job.has_answer();) {
        if (!is_asked_to_stop && waiting.cancelled != nullptr && *waiting.cancelled) {
            is_asked_to_stop = true;
            job.Cancel();
        }
        turn(*connection_);
    }
    JobEnd end{
        .facts = job.answer(), .rows = {}, .left = {}, .stranded = {}, .drifted = {}, .text = {}};
    if (waiting.fetch == Fetch::rows || waiting.fetch == Fetch::status) {
        end.rows = all_rows(job, "rows", end.facts);
    }
    if (waiting.fetch == Fetch::status) {
        end.left = all_rows(job, "left", end.facts);
        end.stranded = all_rows(job, "stranded", end.facts);
        end.drifted = all_rows(job, "drifted", end.facts);
    }
    if (waiting.fetch == Fetch::text) {
        for (std::string page = job.Text(0); !page.empty(); page = job.Text(end.text.size())) {
            end.text += page;
        }
    }
    job.Close();
    return end;
}

Result<JobEnd> DaemonConnection::run(const Begin& begin, const Waiting& waiting,
                                     std::chrono::milliseconds patience, bool& was_lost) {
    was_lost = false;
    try {
        const sdbus::ObjectPath job = begun(begin, patience);
        was_lost = true;
        JobEnd end = waited(job, waiting);
        was_lost = false;
        return end;
    } catch (const sdbus::Error& error) {
        return std::unexpected(bus::error_of(error));
    }
}

}  // namespace nanotune::cli
