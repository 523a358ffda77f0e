#include "connection.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <fmt/core.h>
#include <unistd.h>

#include "reaching.hpp"
#include "service/bus/asking.hpp"

namespace nanotune::cli {

namespace {

constexpr std::chrono::seconds patience_with_people{130};  // while polkit asks for a password
constexpr std::chrono::hours job_patience{24};
constexpr std::chrono::milliseconds between_tries{100};

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

    /// Once it has come. Throws sdbus::Error, as any other call.
    [[nodiscard]] std::optional<bus::Facts> answer() const {
        if (fault_) {
            throw sdbus::Error(*fault_);
        }
        return facts_;
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

/// Page after page, until there are so many as the facts say under that name.
template <typename T, typename F>
void fetch_rest(std::vector<T>& items, const bus::Facts& facts, const std::string& count, F page) {
    const auto found = facts.find(count);
    const std::uint64_t all = found == facts.end() ? 0 : found->second.get<std::uint64_t>();
    while (items.size() < all) {
        auto more = page(items.size());
        if (more.empty()) {
            break;
        }
        std::ranges::move(more, std::back_inserter(items));
    }
}

std::vector<Row> all_rows(JobProxy& job, const std::string& list, const bus::Facts& facts) {
    std::vector<Row> rows;
    fetch_rest(rows, facts, list, [&](std::uint64_t first) {
        std::vector<Row> page;
        std::ranges::transform(job.Rows(list, first), std::back_inserter(page), bus::row_of);
        return page;
    });
    return rows;
}

/// With all problems, notes and devices.
bus::Facts whole(JobProxy& job, bus::Facts facts) {
    const auto complete = [&facts]<typename T>(const char* list, const char* count, T&& items,
                                               auto page) {
        const auto found = facts.find(list);
        if (found != facts.end()) {
            items = found->second.get<std::remove_cvref_t<T>>();
        }
        fetch_rest(items, facts, count, page);
        facts[list] = sdbus::Variant(items);
    };
    complete("problems", "problem_count", std::vector<bus::WireProblem>(),
             [&](std::uint64_t first) { return job.Problems(first); });
    complete("notes", "note_count", std::vector<std::string>(),
             [&](std::uint64_t first) { return job.Notes(first); });
    complete("devices", "device_count", std::vector<std::string>(),
             [&](std::uint64_t first) { return job.Devices(first); });
    return facts;
}

/// In the bus's words it is about files that nobody has heard of.
std::unexpected<Error> refused_by_bus(const sdbus::Error& error) {
    if (error.getName() == "org.freedesktop.DBus.Error.ServiceUnknown") {
        return failure(ErrorCode::not_found,
                       "no nanotuned is on the system bus, and the bus cannot start one: systemctl "
                       "start nanotuned");
    }
    return std::unexpected(bus::error_of(error));
}

}  // namespace

Result<std::unique_ptr<DaemonConnection>> DaemonConnection::open(const ServiceOptions& options) {
    try {
        const auto instance = instance_for(options.state_folder, std::string(instance_file));
        NT_TRY(auto connection, reached_bus(instance, options.timeout));
        const bool has_people = ::isatty(STDIN_FILENO) == 1;
        if (has_people) {
            bus::let_calls_be_asked(*connection);
        }
        const std::chrono::milliseconds patience =
            has_people ? std::max<std::chrono::milliseconds>(patience_with_people, options.timeout)
                       : options.timeout;
        connection->setMethodCallTimeout(patience);
        std::unique_ptr<DaemonConnection> daemon(
            new DaemonConnection(std::move(connection), patience));
        daemon->pulse_ =
            std::make_unique<Pulse>(*daemon->connection_, who_runs(instance), options.timeout);
        daemon->manager_ = std::make_unique<ManagerProxy>(*daemon->connection_);
        // What travels on the bus, and what it means, is the same within one version alone.
        const std::string version = daemon->pulse_->version(tell);
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
        return refused_by_bus(error);
    }
}

sdbus::ObjectPath DaemonConnection::begun(const Begin& begin, std::chrono::milliseconds patience) {
    const auto began = std::chrono::steady_clock::now();
    bool is_told = false;
    for (;;) {
        try {
            return begin(*manager_);
        } catch (const sdbus::Error& error) {
            const Error why = bus::error_of(error);
            const auto waited = std::chrono::steady_clock::now() - began;
            if (why.code != ErrorCode::exhausted || waited >= patience) {
                throw;
            }
            if (waited >= longest_moment && !std::exchange(is_told, true)) {
                tell(
                    fmt::format("waiting for nanotuned to have room, for {} at most (--timeout): "
                                "{}",
                                text_of(patience), why.message));
            }
        }
        std::this_thread::sleep_for(between_tries);
    }
}

JobEnd DaemonConnection::waited(const sdbus::ObjectPath& path, const Waiting& waiting) {
    JobProxy job(*connection_, path, waiting.progress);
    connection_->setMethodCallTimeout(job_patience);
    job.Wait();
    connection_->setMethodCallTimeout(call_patience_);
    const Pulse::Tell tell_here = [&waiting](const std::string& text) {
        waiting.progress ? waiting.progress({.doing = text}) : tell(text);
    };
    bool is_asked_to_stop = false;
    std::optional<bus::Facts> facts = job.answer();
    for (; !facts; facts = job.answer()) {
        if (!is_asked_to_stop && waiting.cancelled != nullptr && *waiting.cancelled) {
            is_asked_to_stop = true;
            job.Cancel();
        }
        turn(*connection_);
        pulse_->feel(tell_here);
    }
    JobEnd end{.facts = whole(job, *std::move(facts)),
               .rows = {},
               .left = {},
               .stranded = {},
               .drifted = {},
               .text = {}};
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
        was_lost = was_lost || bus::is_unanswered(error);
        return std::unexpected(bus::error_of(error));
    }
}

}  // namespace nanotune::cli
