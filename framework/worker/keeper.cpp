#include "worker/keeper.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "worker/restarts.hpp"
#include "worker/shared_file.hpp"
#include "worker/shared_head.hpp"
#include "worker/unit.hpp"
#include "worker/worker_folder.hpp"
#include "worker/worker_process.hpp"

namespace nanotune::worker {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds end_patience{2'000};

/// The worker's command line. Words that are options have dashes where settings have underscores.
/// One that worked before waits for what it needs, where that is not there and may come back.
std::vector<std::string> command_line(const WorkerFolder& folder, const WorkerSettings& settings,
                                      bool is_anew, bool has_worked) {
    std::vector<std::string> words{"nanotune-worker", "run", "--shared", folder.shared()};
    for (const auto& [name, value] : settings) {
        if (is_keepers(name)) {
            continue;
        }
        std::string option = "--" + name.substr(is_starters(name) ? 1 : 0);
        std::ranges::replace(option, '_', '-');
        words.push_back(std::move(option));
        words.push_back(value);
    }
    if (!is_anew) {
        words.emplace_back("--resume");
    }
    if (has_worked) {
        words.emplace_back("--patient");
    }
    return words;
}

/// To whoever started the keeper, where he still listens.
void say(const std::string& line) {
    const std::string text = line + "\n";
    [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
}

class Keeper {
  public:
    Keeper(const Keeping& keeping, WorkerFolder folder, WorkerSettings settings, Descriptor lock,
           Descriptor signals)
        : is_anew_(keeping.is_anew),
          folder_(std::move(folder)),
          settings_(std::move(settings)),
          lock_(std::move(lock)),
          signals_(std::move(signals)),
          restarts_(Restarts::said_in(settings_)) {}

    int run() {
        record();
        launch();
        while (!is_over_) {
            pollfd watched[] = {
                {.fd = signals_.number(), .events = POLLIN, .revents = 0},
                {.fd = worker_ ? worker_->output() : -1, .events = POLLIN, .revents = 0}};
            ::poll(watched, std::size(watched), time_left());
            if (worker_ && watched[1].revents != 0) {
                worker_->listen();
                hear(*worker_);
            }
            if (watched[0].revents != 0) {
                hear_signals();
            }
            if (due_ && Clock::now() >= *due_) {
                due_.reset();
                act();
            }
        }
        return has_worked_ ? 0 : 1;
    }

  private:
    void launch() {
        auto started =
            WorkerProcess::start(command_line(folder_, settings_, is_anew_, has_worked_));
        is_anew_ = false;
        heard_ = State::starting;
        if (started) {
            worker_ = *std::move(started);
        } else {
            over(started.error().message);
        }
    }

    void hear(const WorkerProcess& worker) {
        const State now = worker.works() ? state() : State::starting;
        if (works(now) && std::exchange(heard_, now) != now) {
            has_worked_ = true;
            answer("ready");
            record();  // whoever watches the folder looks anew
        }
    }

    /// As the worker's memory says: what is loaded into it may say anything.
    [[nodiscard]] State state() const {
        const auto memory = SharedFile::open(folder_.shared(), sizeof(SharedHead), false);
        return memory ? static_cast<const SharedHead*>(memory->memory())->state_now()
                      : State::starting;
    }

    void hear_signals() {
        signalfd_siginfo heard{};
        while (::read(signals_.number(), &heard, sizeof heard) == sizeof heard) {
            if (heard.ssi_signo == SIGCHLD) {
                reap();
            } else {
                is_asked_ = true;
                end_worker();
            }
        }
    }

    void end_worker() {
        if (!worker_) {
            over("stopped");
            return;
        }
        worker_->signal(due_ ? SIGKILL : SIGTERM);
        due_ = Clock::now() + end_patience;
    }

    void reap() {
        const auto end = worker_ ? worker_->end() : std::nullopt;
        if (!end) {
            return;
        }
        hear(*worker_);
        worker_.reset();
        mark_ended();
        if (is_asked_) {
            over("stopped");
        } else if (!has_worked_) {
            over(end->words.empty() ? "the worker was " + end->how : end->words);
        } else {
            record_.end = end->how + (end->words.empty() ? "" : ": " + end->words);
            record_.ended = static_cast<std::uint64_t>(
                std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch())
                    .count());
            plan_restart();
        }
    }

    /// Who was killed could not say so itself.
    void mark_ended() {
        if (const auto memory = SharedFile::open(folder_.shared(), sizeof(SharedHead), true)) {
            static_cast<SharedHead*>(memory->memory())->set_state(State::ended);
        }
    }

    void plan_restart() {
        const auto now = Clock::now();
        if (const auto settings = folder_.settings()) {  // it may have changed since
            restarts_.allow(Restarts::said_in(*settings));
        }
        if (const auto pause = restarts_.pause(now)) {
            record();
            due_ = now + *pause;
        } else {
            over(fmt::format("{}, after {} restarts in a minute", record_.end, restarts_.count()));
        }
    }

    /// What was put off: a restart, or the end of a worker that did not end when it was told.
    void act() {
        if (worker_) {
            worker_->signal(SIGKILL);
            return;
        }
        restarts_.begin(Clock::now());
        ++record_.restarts;
        record();
        launch();
    }

    void over(std::string end) {
        is_over_ = true;
        answer(end);
        record_.is_over = true;
        record_.end = std::move(end);
        record_.ended = is_asked_ ? 0 : record_.ended;
        record();
    }

    /// To whoever started the keeper, once.
    void answer(const std::string& line) {
        if (std::exchange(has_answered_, true)) {
            return;
        }
        say(line);
        const Descriptor nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
        ::dup2(nowhere.number(), STDOUT_FILENO);
        ::dup2(nowhere.number(), STDERR_FILENO);
    }

    void record() { static_cast<void>(folder_.put(record_)); }

    [[nodiscard]] int time_left() const {
        if (!due_) {
            return -1;
        }
        const auto left = std::chrono::ceil<milliseconds>(*due_ - Clock::now()).count();
        return static_cast<int>(std::max<long>(0, left));
    }

    bool is_anew_;
    WorkerFolder folder_;
    WorkerSettings settings_;
    Descriptor lock_;
    Descriptor signals_;
    std::optional<WorkerProcess> worker_;
    Record record_;
    Restarts restarts_;
    std::optional<Clock::time_point> due_;
    State heard_ = State::starting;  ///< of this worker, last
    bool has_worked_ = false;
    bool has_answered_ = false;
    bool is_asked_ = false;
    bool is_over_ = false;
};

Result<Descriptor> signals_heard() {
    sigset_t heard;
    sigemptyset(&heard);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT}) {
        sigaddset(&heard, signal);
    }
    std::signal(SIGHUP, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    if (::sigprocmask(SIG_BLOCK, &heard, nullptr) != 0) {
        return kernel_failure("block signals", errno);
    }
    Descriptor signals(::signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals.is_open()) {
        return kernel_failure("hear signals", errno);
    }
    return signals;
}

Result<Keeper> keeper_of(Keeping keeping) {
    WorkerFolder folder(keeping.folder);
    if (keeping.is_unit) {
        keeping.is_anew = ::access(folder.shared().c_str(), F_OK) != 0;
    }
    NT_TRY(WorkerSettings settings, folder.settings());
    NT_TRY(Descriptor lock, folder.become_keeper());
    NT_TRY(Descriptor signals, signals_heard());
    return Keeper(keeping, std::move(folder), std::move(settings), std::move(lock),
                  std::move(signals));
}

}  // namespace

int keep(const Keeping& keeping) {
    if (!keeping.is_unit && is_in_service()) {
        const Status kept = keep_as_unit(keeping.folder);
        if (!kept) {
            // The keeper may have said why before: then that line is read.
            say(kept.error().message);
        }
        return kept ? 0 : 1;
    }
    const pid_t child = keeping.is_unit ? 0 : ::fork();
    if (child != 0) {
        return child < 0 ? 1 : 0;
    }
    static_cast<void>(::chdir("/"));
    auto keeper = keeper_of(keeping);
    if (!keeper) {
        say(keeper.error().message);
        return 1;
    }
    return keeper->run();
}

}  // namespace nanotune::worker
