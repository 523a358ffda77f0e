#include "worker/keeper.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <deque>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker/shared_file.hpp"
#include "worker/shared_head.hpp"
#include "worker/unit.hpp"
#include "worker/worker_folder.hpp"

namespace nanotune::worker {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds end_patience{2'000};
constexpr milliseconds first_pause{100};
constexpr milliseconds longest_pause{5'000};
constexpr auto window = std::chrono::minutes(1);
constexpr std::size_t words_limit = 2000;

/// The worker's command line. Words that are options have dashes where settings have underscores.
/// One that worked before waits for what it needs, where that is not there and may come back.
std::vector<std::string> command_line(const WorkerFolder& folder, const WorkerSettings& settings,
                                      bool is_anew, bool has_worked) {
    std::vector<std::string> words{"nanotune-worker", "run", "--shared", folder.shared()};
    for (const auto& [name, value] : settings) {
        if (name == "restarts") {
            continue;
        }
        std::string option = "--" + name;
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

std::string ending(int status) {
    if (WIFEXITED(status)) {
        return WEXITSTATUS(status) == 0 ? "ended by itself"
                                        : fmt::format("ended with {}", WEXITSTATUS(status));
    }
    const char* const name = ::sigabbrev_np(WTERMSIG(status));
    return name == nullptr ? fmt::format("killed by signal {}", WTERMSIG(status))
                           : fmt::format("killed by SIG{}", name);
}

/// The last line that somebody said, without the program's name.
std::string last_line(std::string text) {
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    text = text.substr(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);
    constexpr std::string_view name = "nanotune-worker: ";
    return text.starts_with(name) ? text.substr(name.size()) : text;
}

class Keeper {
  public:
    Keeper(Keeping keeping, WorkerFolder folder, WorkerSettings settings, Descriptor lock,
           Descriptor signals)
        : keeping_(std::move(keeping)),
          folder_(std::move(folder)),
          settings_(std::move(settings)),
          lock_(std::move(lock)),
          signals_(std::move(signals)) {}

    int run() {
        record_ = {};
        record();
        launch(keeping_.is_anew);
        while (!is_over_) {
            pollfd watched[] = {{.fd = signals_.number(), .events = POLLIN, .revents = 0},
                                {.fd = words_.number(), .events = POLLIN, .revents = 0}};
            ::poll(watched, words_.is_open() ? 2 : 1, time_left());
            if (watched[1].revents != 0 && words_.is_open()) {
                listen();
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
    void launch(bool is_anew) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            over(fmt::format("make a pipe: {}", std::strerror(errno)));
            return;
        }
        words_ = Descriptor(ends[0]);
        const Descriptor theirs(ends[1]);
        ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
        said_.clear();
        std::vector<std::string> words = command_line(folder_, settings_, is_anew, has_worked_);
        std::vector<char*> arguments;
        for (std::string& word : words) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        const pid_t self = ::getpid();
        worker_ = ::fork();
        if (worker_ == 0) {
            begin(theirs, self, arguments);
        }
        if (worker_ < 0) {
            worker_ = 0;
            over(fmt::format("start the worker: {}", std::strerror(errno)));
        }
    }

    [[noreturn]] static void begin(const Descriptor& output, pid_t keeper,
                                   std::vector<char*>& arguments) {
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::dup2(output.number(), STDOUT_FILENO);
        ::dup2(output.number(), STDERR_FILENO);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (::getppid() == keeper) {
            ::execv("/proc/self/exe", arguments.data());
        }
        ::_exit(127);
    }

    void listen() {
        std::array<char, 1024> chunk;
        const ssize_t got = ::read(words_.number(), chunk.data(), chunk.size());
        if (got <= 0) {
            if (got == 0) {
                words_ = Descriptor();
            }
            return;
        }
        said_.append(chunk.data(), static_cast<std::size_t>(got));
        if (said_.starts_with("ready")) {
            has_worked_ = true;
            answer("ready");
            record();  // whoever watches the folder looks anew
            said_.erase(0, std::min(said_.find('\n') + 1, said_.size()));
        }
        said_.erase(0, said_.size() - std::min(said_.size(), words_limit));
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
        if (worker_ == 0) {
            over("stopped");
            return;
        }
        ::kill(worker_, due_ ? SIGKILL : SIGTERM);
        due_ = Clock::now() + end_patience;
    }

    void reap() {
        int status = 0;
        if (worker_ == 0 || ::waitpid(worker_, &status, WNOHANG) != worker_) {
            return;
        }
        while (words_.is_open() && said_.size() < words_limit) {
            const std::size_t before = said_.size();
            listen();
            if (said_.size() == before) {
                break;
            }
        }
        worker_ = 0;
        words_ = Descriptor();
        mark_ended();
        const std::string words = last_line(said_);
        if (is_asked_) {
            over("stopped");
        } else if (!has_worked_) {
            over(words.empty() ? "the worker was " + ending(status) : words);
        } else {
            record_.end = ending(status) + (words.empty() ? "" : ": " + words);
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
        while (!begun_again_.empty() && now - begun_again_.front() > window) {
            begun_again_.pop_front();
        }
        if (begun_again_.size() >= keeping_.restarts) {
            over(
                fmt::format("{}, after {} restarts in a minute", record_.end, begun_again_.size()));
            return;
        }
        record();
        due_ = now + std::min(longest_pause,
                              first_pause * (1U << std::min<std::size_t>(begun_again_.size(), 10)));
    }

    /// What was put off: a restart, or the end of a worker that did not end when it was told.
    void act() {
        if (worker_ != 0) {
            ::kill(worker_, SIGKILL);
            return;
        }
        begun_again_.push_back(Clock::now());
        ++record_.restarts;
        record();
        launch(false);
    }

    void over(std::string end) {
        is_over_ = true;
        answer(end);
        record_.is_over = true;
        record_.end = std::move(end);
        record();
    }

    /// To whoever started the keeper, once.
    void answer(const std::string& line) {
        if (std::exchange(has_answered_, true)) {
            return;
        }
        const std::string text = line + "\n";
        static_cast<void>(!::write(STDOUT_FILENO, text.data(), text.size()));
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

    Keeping keeping_;
    WorkerFolder folder_;
    WorkerSettings settings_;
    Descriptor lock_;
    Descriptor signals_;
    Descriptor words_;  ///< what the worker prints
    std::string said_;
    pid_t worker_ = 0;
    Record record_;
    std::deque<Clock::time_point> begun_again_;
    std::optional<Clock::time_point> due_;
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
    if (const auto said = settings.find("restarts"); said != settings.end()) {
        const std::string& text = said->second;
        std::from_chars(text.data(), text.data() + text.size(), keeping.restarts);
    }
    NT_TRY(Descriptor lock, folder.become_keeper());
    NT_TRY(Descriptor signals, signals_heard());
    return Keeper(std::move(keeping), std::move(folder), std::move(settings), std::move(lock),
                  std::move(signals));
}

}  // namespace

int keep(const Keeping& keeping) {
    if (!keeping.is_unit && is_in_service()) {
        const Status kept = keep_as_unit(keeping.folder);
        if (!kept) {
            // The keeper may have said why before: then that line is read.
            const std::string why = kept.error().message + "\n";
            static_cast<void>(!::write(STDOUT_FILENO, why.data(), why.size()));
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
        const std::string why = keeper.error().message + "\n";
        static_cast<void>(!::write(STDOUT_FILENO, why.data(), why.size()));
        return 1;
    }
    return keeper->run();
}

}  // namespace nanotune::worker
