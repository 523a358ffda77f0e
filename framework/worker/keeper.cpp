#include "worker/keeper.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "worker/folder_presence.hpp"
#include "worker/heard_signals.hpp"
#include "worker/restarts.hpp"
#include "worker/shared_file.hpp"
#include "worker/shared_head.hpp"
#include "worker/system_log.hpp"
#include "worker/unit.hpp"
#include "worker/worker_command.hpp"
#include "worker/worker_folder.hpp"
#include "worker/worker_process.hpp"

namespace nanotune::worker {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds end_patience{2'000};

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
            if (const auto now = Clock::now(); now >= presence_.next()) {
                look_for_folder(now);
            }
        }
        return has_worked_ ? 0 : 1;
    }

  private:
    void launch() {
        auto started =
            WorkerProcess::start(worker_command(folder_, settings_, is_anew_, has_worked_));
        is_anew_ = false;
        heard_ = State::starting;
        memory_ = {};
        if (started) {
            worker_ = *std::move(started);
        } else {
            over(started.error().message);
        }
    }

    void hear(const WorkerProcess& worker) {
        const State now = worker.works() && has_memory() ? state() : State::starting;
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

    /// A worker whose memory nobody finds any more is one that nobody can disarm.
    void look_for_folder(Clock::time_point now) {
        const bool is_there = folder_.is_kept_by(lock_);
        const bool is_found = is_there && has_memory();
        if (!presence_.is_lost(is_found, now) || is_asked_) {
            return;
        }
        is_folder_lost_ = !is_there;
        is_asked_ = true;
        why_ = (is_there ? folder_.shared() : folder_.path()) +
               " was removed or replaced, by which alone it could be disarmed: it was ended";
        SystemLog::open("nanotune-worker").warn(folder_.name() + ": " + why_);
        end_worker();
    }

    /// Whether others find the memory that this worker goes by.
    bool has_memory() {
        if (!worker_) {
            return true;  // nothing is armed, and the next one begins with what it finds
        }
        return memory_.is_found(folder_.found_memory(), static_cast<unsigned>(worker_->number()),
                                worker_->works());
    }

    void end_worker() {
        if (!worker_) {
            over(why_);
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
            over(why_);
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
        if (is_folder_lost_) {
            return;
        }
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

    /// Not in a folder that another worker has by now.
    void record() {
        if (!is_folder_lost_) {
            static_cast<void>(folder_.put(record_));
        }
    }

    [[nodiscard]] int time_left() const {
        const auto next = std::min(due_.value_or(presence_.next()), presence_.next());
        const auto left = std::chrono::ceil<milliseconds>(next - Clock::now()).count();
        return static_cast<int>(std::max<long>(0, left));
    }

    bool is_anew_;
    WorkerFolder folder_;
    WorkerSettings settings_;
    Descriptor lock_;
    Descriptor signals_;
    std::optional<WorkerProcess> worker_;
    OwnMemory memory_;  ///< of this worker
    Record record_;
    Restarts restarts_;
    std::optional<Clock::time_point> due_;
    FolderPresence presence_;
    std::string why_{how_stopped};   ///< it is ended, where it is
    State heard_ = State::starting;  ///< of this worker, last
    bool has_worked_ = false;
    bool has_answered_ = false;
    bool is_asked_ = false;
    bool is_folder_lost_ = false;
    bool is_over_ = false;
};

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
