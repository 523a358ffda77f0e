#include "daemon/daemon.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <poll.h>
#include <systemd/sd-daemon.h>

#include "daemon/bus_side.hpp"
#include "daemon/datapath_watch.hpp"
#include "daemon/end_signals.hpp"
#include "daemon/host_file_watch.hpp"
#include "daemon/mailbox.hpp"
#include "daemon/metrics_side.hpp"
#include "daemon/note_side.hpp"
#include "daemon/patience.hpp"
#include "daemon/profile_names.hpp"
#include "daemon/side_thread.hpp"
#include "daemon/spare_memory.hpp"
#include "daemon/watch_side.hpp"
#include "service/host_config.hpp"
#include "service/instance.hpp"

namespace nanotune::daemon {

namespace {

/// One line of the log, which the journal takes from standard error.
void log(std::string_view text) {
    std::fputs(fmt::format("{}\n", text).c_str(), stderr);
}

class Daemon {
  public:
    Daemon(cli::ServiceOptions options, Mailbox mailbox, EndSignals signals)
        : options_(std::move(options)),
          host_file_(options_.host_file, log),
          mailbox_(std::move(mailbox)),
          signals_(std::move(signals)),
          note_(options_.state_folder, std::string(instance_file), log),
          watch_({.look = [this](Look look) { engine_->look_at(std::move(look)); },
                  .removed = removed_,
                  .log = log}) {}

    Status start();
    void run();

  private:
    [[nodiscard]] EngineEvents events();
    /// Runs on this thread, with the job's object where that is still there.
    template <typename F>
    void about(std::uint64_t job, F tell);
    bool beside(const std::string& name, std::function<DatapathParts::Tell()> task);
    void take(const VerbEnd& end);
    void look_at_datapaths();
    void show_datapaths();
    void make_bus_side();
    void open_metrics();
    bool turn(int patience = -1);
    void stop();

    cli::ServiceOptions options_;
    HostFileWatch host_file_;
    Mailbox mailbox_;
    EndSignals signals_;
    std::uint64_t last_job_ = 0;
    bool is_over_ = false;  ///< the engine has come to its end
    RemovedDevices removed_;
    std::unique_ptr<EngineThread> engine_;
    NoteSide note_;
    std::unique_ptr<BusSide> bus_;
    WatchSide watch_;
    std::unique_ptr<DatapathWatch> datapaths_;
    std::unique_ptr<MetricsSide> metrics_;
    SideThread side_;  ///< ends first: what it does knows all of the above
};

template <typename F>
void Daemon::about(std::uint64_t job, F tell) {
    mailbox_.post([this, job, tell = std::move(tell)]() mutable {
        if (JobObject* const object = bus_->job(job)) {
            tell(*object);
        }
    });
}

EngineEvents Daemon::events() {
    return {.begun = [this](std::uint64_t job) { about(job, [](JobObject& o) { o.begin(); }); },
            .progress =
                [this](std::uint64_t job, const Progress& progress) {
                    about(job, [progress](JobObject& o) { o.progress(progress); });
                },
            .ended =
                [this](std::uint64_t job, Answer answer) {
                    about(job, [answer = std::move(answer)](JobObject& o) mutable {
                        o.end(std::move(answer));
                    });
                },
            .seen =
                [this](const Snapshot& snapshot) {
                    mailbox_.post([this, snapshot] {
                        metrics_->told().take(snapshot);
                        bus_->show(snapshot);
                        look_at_datapaths();
                    });
                },
            .installed =
                [this](const std::vector<PluginInfo>& plugins) {
                    mailbox_.post([this, plugins] { bus_->show(plugins); });
                },
            .verb_ended = [this](const VerbEnd& end) { mailbox_.post([this, end] { take(end); }); },
            .drifted =
                [this](const DriftEvent& event) {
                    mailbox_.post([this, event] {
                        metrics_->told().take(event.what);
                        bus_->tell(event);
                    });
                },
            .follows =
                [this](const Followed& followed) {
                    mailbox_.post([this, followed] { watch_.follow(followed); });
                },
            .log = [](const std::string& text) { log(text); },
            .rests = [this] { mailbox_.post(give_back_memory); },
            .over = [this] { mailbox_.post([this] { is_over_ = true; }); }};
}

/// Beside everything else: a worker is waited for, or its program.
bool Daemon::beside(const std::string& name, std::function<DatapathParts::Tell()> task) {
    return side_.submit([this, name, task = std::move(task)] {
        mailbox_.post([this, name, tell = task()] {
            if (DatapathObject* const object = bus_->datapath(name)) {
                tell(*object);
            }
        });
    });
}

void Daemon::take(const VerbEnd& end) {
    constexpr std::array<std::string_view, 5> changing = {"apply", "confirm", "rollback", "freeze",
                                                          "thaw"};
    metrics_->told().take(end);
    if (std::ranges::find(changing, end.verb) != changing.end()) {
        bus_->show(end.report);
    }
}

void Daemon::look_at_datapaths() {
    if (datapaths_->look(DatapathWatch::Clock::now())) {
        show_datapaths();
    }
}

void Daemon::show_datapaths() {
    metrics_->take(datapaths_->seen());
    bus_->show(datapaths_->seen());
}

/// As the host's file wants it now; where that is broken, others say so.
void Daemon::open_metrics() {
    const auto host = read_host_file(options_.host_file).value_or(std::nullopt);
    metrics_ = std::make_unique<MetricsSide>(
        MetricsSide::Parts{
            .mailbox = mailbox_, .side = side_, .datapaths = datapaths_->kept(), .log = log},
        host ? host->metrics : HostFile::Metrics());
}

/// Nothing is opened yet.
void Daemon::make_bus_side() {
    bus_ = std::make_unique<BusSide>(Front::Parts{
        .engine = *engine_,
        .next_job = [this] { return ++last_job_; },
        .profiles = [folders = options_.profile_folders] { return profile_names_in(folders); },
        .datapaths = datapaths_->kept(),
        .beside =
            [this](const std::string& name, std::function<DatapathParts::Tell()> task) {
                return beside(name, std::move(task));
            },
        .owed = [this](std::function<void()> task) { return side_.submit(std::move(task), true); },
        .log = log});
}

Status Daemon::start() {
    NT_TRY(engine_, EngineThread::open(options_, events(), [this](const DeviceIdentity& device) {
               return removed_.has(device);
           }));
    NT_TRY(auto kept, cli::KeptDatapaths::of(options_));
    datapaths_ = std::make_unique<DatapathWatch>(std::move(kept), log);
    make_bus_side();
    open_metrics();
    const Snapshot first = engine_->first_look();
    metrics_->told().take(first);
    bus_->show(first);
    show_datapaths();
    watch_.open();
    // What is to be taken back needs no bus.
    note_.process(NoteSide::Clock::now());
    NT_CHECK(engine_->start());
    bus_->open();
    return {};
}

/// Waits for what there is to do, for so long at most, and does it. Whether the end is asked for.
bool Daemon::turn(int patience) {
    const Front::Wait bus = bus_->wait();
    const int look = watch_.process();
    std::vector<pollfd> waited = {
        {.fd = signals_.number(), .events = POLLIN, .revents = 0},
        {.fd = mailbox_.number(), .events = POLLIN, .revents = 0},
        // While a look is due anyway, more of the same wakes nobody.
        {.fd = look < 0 ? watch_.number() : -1, .events = POLLIN, .revents = 0},
        {.fd = datapaths_->number(), .events = POLLIN, .revents = 0},
        {.fd = host_file_.number(), .events = POLLIN, .revents = 0},
        {.fd = note_.number(), .events = POLLIN, .revents = 0},
        {.fd = bus.descriptor, .events = bus.events, .revents = 0}};
    metrics_->add_to(waited);
    const int metrics = metrics_->patience(MetricsSide::Clock::now());
    const auto now = NoteSide::Clock::now();
    for (const int each : {bus.timeout, look, metrics, note_.patience(now),
                           host_file_.patience(now), datapaths_->patience(now)}) {
        patience = sooner(patience, each);
    }
    ::poll(waited.data(), waited.size(), patience);
    note_.process(NoteSide::Clock::now());
    mailbox_.empty();
    if (datapaths_->process(DatapathWatch::Clock::now())) {
        show_datapaths();
    }
    if (host_file_.process(HostFileWatch::Clock::now())) {
        engine_->look_at({.is_whole = true});
    }
    bus_->process();
    metrics_->told().take_reach(bus_->is_reached());
    metrics_->process(MetricsSide::Clock::now());
    return signals_.has_come();
}

/// Ready is who is reached over the bus, or has waited for that for a moment.
void Daemon::run() {
    using namespace std::chrono_literals;
    using Clock = std::chrono::steady_clock;
    std::optional ready_by = Clock::now() + 1s;
    do {
        if (ready_by && (bus_->is_reached() || Clock::now() >= *ready_by)) {
            static_cast<void>(::sd_notify(0, "READY=1"));
            ready_by.reset();
        }
    } while (!turn(patience_until(ready_by, Clock::now())));
    stop();
}

/// Whoever waits for a job is told what became of it, and has a moment to read that, as has who was
/// told just before.
void Daemon::stop() {
    using namespace std::chrono_literals;
    using Clock = JobObject::Clock;
    constexpr auto time_to_read = 1s;
    static_cast<void>(::sd_notify(0, "STOPPING=1"));
    note_.remove();
    const auto since = Clock::now() - time_to_read;
    engine_->stop();
    while (!is_over_) {
        turn();
    }
    const auto until = Clock::now() + time_to_read;
    for (auto now = Clock::now(); now < until && bus_->owes_answers(since); now = Clock::now()) {
        turn(patience_until(until, now));
    }
    bus_->close();
    engine_.reset();
}

}  // namespace

Status serve(const cli::ServiceOptions& options) {
    NT_TRY(Mailbox mailbox, Mailbox::open());
    NT_TRY(EndSignals signals, EndSignals::open());
    Daemon daemon(options, std::move(mailbox), std::move(signals));
    NT_CHECK(daemon.start());
    daemon.run();
    return {};
}

}  // namespace nanotune::daemon
