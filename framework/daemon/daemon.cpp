#include "daemon/daemon.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon/datapath_watch.hpp"
#include "daemon/front.hpp"
#include "daemon/mailbox.hpp"
#include "daemon/metrics_side.hpp"
#include "daemon/side_thread.hpp"
#include "daemon/watch.hpp"
#include "service/host_config.hpp"
#include "service/instance.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::seconds reconnect_pause{1};

/// One line of the log, which the journal takes from standard error.
void log(std::string_view text) {
    std::fputs(fmt::format("{}\n", text).c_str(), stderr);
}

Result<Descriptor> signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        sigaddset(&set, signal);
    }
    Descriptor descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!descriptor.is_open()) {
        return kernel_failure("signalfd", errno);
    }
    return descriptor;
}

std::vector<std::string> names_in(const std::vector<std::string>& folders) {
    std::vector<std::string> names;
    for (const std::string& folder : folders) {
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
            if (entry.path().extension() == ".toml") {
                names.push_back(entry.path().stem().string());
            }
        }
    }
    std::ranges::sort(names);
    const auto again = std::ranges::unique(names);
    names.erase(again.begin(), again.end());
    return names;
}

/// Of two times to wait, where -1 is any.
int sooner(int one, int other) {
    return one < 0 ? other : other < 0 ? one : std::min(one, other);
}

class Daemon {
  public:
    Daemon(cli::ServiceOptions options, Mailbox mailbox, Descriptor signals)
        : options_(std::move(options)),
          mailbox_(std::move(mailbox)),
          signals_(std::move(signals)) {}

    Status start();
    void run();

  private:
    [[nodiscard]] EngineEvents events();
    /// Runs on this thread, with the job's object where that is still there.
    template <typename F>
    void about(std::uint64_t job, F tell);
    Status open_front();
    bool count(const std::string& name, std::uint64_t asked);
    void take(const VerbEnd& end);
    void look_at_datapaths();
    void show_datapaths();
    void open_metrics();
    void open_watch();
    void say_what_nobody_tells();
    int pass_on_looks();
    void lose_front(const Error& why);
    [[nodiscard]] bool is_told_to_end() const;
    [[nodiscard]] int reconnect_timeout() const;

    cli::ServiceOptions options_;
    Mailbox mailbox_;
    Descriptor signals_;
    Snapshot snapshot_;
    std::uint64_t last_job_ = 0;
    std::chrono::steady_clock::time_point reconnect_;
    std::unique_ptr<EngineThread> engine_;
    std::optional<InstanceNote> note_;
    std::unique_ptr<Front> front_;
    std::optional<Watch> watch_;
    std::vector<PluginInfo> plugins_;
    LastReport last_report_;
    std::optional<DatapathWatch> datapaths_;
    std::unique_ptr<MetricsSide> metrics_;
    SideThread side_;  ///< ends first: what it does knows all of the above
};

template <typename F>
void Daemon::about(std::uint64_t job, F tell) {
    mailbox_.post([this, job, tell = std::move(tell)]() mutable {
        JobObject* object = front_ ? front_->jobs().find(job) : nullptr;
        if (object != nullptr) {
            tell(*object);
        }
    });
}

EngineEvents Daemon::events() {
    return {.begun = [this](std::uint64_t job) { about(job, [](JobObject& o) { o.begin(); }); },
            .progress =
                [this](std::uint64_t job, Progress progress) {
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
                        snapshot_ = snapshot;
                        metrics_->told().take(snapshot);
                        if (front_) {
                            front_->manager().show(snapshot);
                            front_->objects().show(snapshot.devices);
                        }
                        look_at_datapaths();
                    });
                },
            .installed =
                [this](const std::vector<PluginInfo>& plugins) {
                    mailbox_.post([this, plugins] {
                        plugins_ = plugins;
                        if (front_) {
                            front_->objects().show(plugins);
                        }
                    });
                },
            .verb_ended = [this](const VerbEnd& end) { mailbox_.post([this, end] { take(end); }); },
            .drifted =
                [this](const DriftEvent& event) {
                    mailbox_.post([this, event] {
                        metrics_->told().take(event.what);
                        if (front_) {
                            front_->manager().tell(event);
                        }
                    });
                },
            .follows =
                [this](const Followed& followed) {
                    mailbox_.post([this, followed] {
                        if (watch_) {
                            watch_->follow(followed);
                            say_what_nobody_tells();
                        }
                    });
                },
            .log = [](const std::string& text) { log(text); }};
}

/// What the kernel tells by itself; without it the slow poll is all.
void Daemon::open_watch() {
    auto watch = Watch::open();
    if (watch) {
        watch_.emplace(*std::move(watch));
        say_what_nobody_tells();
    } else {
        log(fmt::format("what changes is found by looking alone: {}", watch.error().message));
    }
}

void Daemon::say_what_nobody_tells() {
    for (const std::string& lacking : watch_->take_lacking()) {
        log(fmt::format("what changes there is found by looking alone: {}", lacking));
    }
}

/// Hands over what is to be looked at. Until when it has nothing to do (-1: any time).
int Daemon::pass_on_looks() {
    if (!watch_) {
        return -1;
    }
    const auto now = Watch::Clock::now();
    watch_->process(now);
    if (auto look = watch_->due(now)) {
        engine_->look_at(*std::move(look));
    }
    const auto patience = watch_->patience(now);
    return patience ? static_cast<int>(patience->count()) : -1;
}

Status Daemon::open_front() {
    NT_TRY(
        front_,
        Front::open({.engine = *engine_,
                     .next_job = [this] { return ++last_job_; },
                     .profiles = [folders = options_.profile_folders] { return names_in(folders); },
                     .datapaths = datapaths_->kept(),
                     .count = [this](const std::string& name,
                                     std::uint64_t asked) { return count(name, asked); },
                     .log = log},
                    snapshot_));
    front_->manager().show(last_report_);
    front_->objects().show(plugins_);
    front_->objects().show(snapshot_.devices);
    front_->objects().show(datapaths_->seen());
    return {};
}

/// Runs the worker's program beside everything else.
bool Daemon::count(const std::string& name, std::uint64_t asked) {
    return side_.submit([this, kept = datapaths_->kept(), name, asked] {
        mailbox_.post([this, name, asked, counted = kept.counted(name)] {
            DatapathObject* object = front_ ? front_->objects().datapath(name) : nullptr;
            if (object != nullptr) {
                object->told(asked, counted);
            }
        });
    });
}

void Daemon::take(const VerbEnd& end) {
    constexpr std::array<std::string_view, 5> changing = {"apply", "confirm", "rollback", "freeze",
                                                          "thaw"};
    metrics_->told().take(end);
    if (std::ranges::find(changing, end.verb) != changing.end()) {
        last_report_ = end.report;
        if (front_) {
            front_->manager().show(last_report_);
        }
    }
}

void Daemon::look_at_datapaths() {
    if (datapaths_->look()) {
        show_datapaths();
    }
}

void Daemon::show_datapaths() {
    metrics_->told().take(datapaths_->seen());
    if (front_) {
        front_->objects().show(datapaths_->seen());
    }
}

/// As the host's file wants it now; where that is broken, others say so.
void Daemon::open_metrics() {
    const auto host = read_host_file(options_.host_file);
    metrics_ = std::make_unique<MetricsSide>(
        MetricsSide::Parts{
            .mailbox = mailbox_, .side = side_, .datapaths = datapaths_->kept(), .log = log},
        host && *host ? (*host)->metrics : HostFile::Metrics());
    metrics_->told().take(snapshot_);
    metrics_->told().take(datapaths_->seen());
}

Status Daemon::start() {
    NT_TRY(engine_, EngineThread::open(options_, events()));
    NT_TRY(auto kept, cli::KeptDatapaths::of(options_));
    NT_TRY(auto datapaths, DatapathWatch::open(std::move(kept)));
    datapaths_.emplace(std::move(datapaths));
    snapshot_ = engine_->first_look();
    open_metrics();
    open_watch();
    NT_CHECK(open_front());
    NT_TRY(note_, InstanceNote::leave(options_.state_folder, std::string(instance_file)));
    engine_->start();
    static_cast<void>(::sd_notify(0, "READY=1"));
    return {};
}

void Daemon::lose_front(const Error& why) {
    log(fmt::format("{}; what is to be taken back in time is; connecting again", why.message));
    front_.reset();
    reconnect_ = std::chrono::steady_clock::now() + reconnect_pause;
}

bool Daemon::is_told_to_end() const {
    signalfd_siginfo info{};
    return ::read(signals_.number(), &info, sizeof info) == sizeof info;
}

int Daemon::reconnect_timeout() const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(reconnect_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

void Daemon::run() {
    while (!is_told_to_end()) {
        Front::Wait bus{.descriptor = -1, .events = 0, .timeout = reconnect_timeout()};
        if (front_) {
            // What is lost is found out by its next use.
            bus = front_->wait().value_or(Front::Wait{.descriptor = -1, .events = 0, .timeout = 0});
        }
        const int look = pass_on_looks();
        std::vector<pollfd> waited = {
            {.fd = signals_.number(), .events = POLLIN, .revents = 0},
            {.fd = mailbox_.number(), .events = POLLIN, .revents = 0},
            // While a look is due anyway, more of the same wakes nobody.
            {.fd = watch_ && look < 0 ? watch_->number() : -1, .events = POLLIN, .revents = 0},
            {.fd = datapaths_->number(), .events = POLLIN, .revents = 0},
            {.fd = bus.descriptor, .events = bus.events, .revents = 0}};
        metrics_->add_to(waited);
        const int metrics = metrics_->patience(MetricsSide::Clock::now());
        ::poll(waited.data(), waited.size(), sooner(sooner(bus.timeout, look), metrics));
        mailbox_.empty();
        if (datapaths_->process()) {
            show_datapaths();
        }
        metrics_->process(MetricsSide::Clock::now());
        if (front_) {
            if (const Status processed = front_->process(); !processed) {
                lose_front(processed.error());
            }
        } else if (reconnect_timeout() == 0) {
            if (open_front()) {
                log("connected to the system bus again");
            }
            reconnect_ = std::chrono::steady_clock::now() + reconnect_pause;
        }
    }
    static_cast<void>(::sd_notify(0, "STOPPING=1"));
    front_.reset();
    note_.reset();
    engine_.reset();
}

}  // namespace

Status serve(const cli::ServiceOptions& options) {
    NT_TRY(Mailbox mailbox, Mailbox::open());
    NT_TRY(Descriptor descriptor, signals());
    Daemon daemon(options, std::move(mailbox), std::move(descriptor));
    NT_CHECK(daemon.start());
    daemon.run();
    return {};
}

}  // namespace nanotune::daemon
