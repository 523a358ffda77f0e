// The samples of any program: the operator's own words, so by a shell, with the operator's
// environment.
#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decimal.hpp"
#include "measure.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::cli::prove {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t output_limit = std::size_t{16} << 20U;
constexpr std::chrono::milliseconds glance{50};

/// In the child, between fork and exec: only what is safe there. A process group of its own, so
/// that all of it can be ended; and it dies with us.
[[noreturn]] void become(const ProgramMeasure& program, int output, pid_t parent) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent || ::dup2(output, STDOUT_FILENO) < 0 ||
        ::chdir(program.folder.c_str()) != 0) {
        ::_exit(126);
    }
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::execl("/bin/sh", "sh", "-c", program.command.c_str(), nullptr);
    ::_exit(127);
}

/// A program at work. Its group is killed at the end, whatever it left behind.
class Running {
  public:
    static Result<Running> start(const ProgramMeasure& program) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            return kernel_failure("make a pipe", errno);
        }
        Descriptor ours(ends[0]);
        const Descriptor theirs(ends[1]);
        const pid_t parent = ::getpid();
        const pid_t process = ::fork();
        if (process == 0) {
            become(program, theirs.number(), parent);
        }
        if (process < 0) {
            return kernel_failure("start " + program.command, errno);
        }
        ::setpgid(process, process);
        return Running(process, std::move(ours));
    }
    ~Running() {
        if (process_ > 0) {
            ::kill(-process_, SIGKILL);
            static_cast<void>(ended());
        }
    }
    Running(Running&& other) noexcept
        : process_(std::exchange(other.process_, 0)), output_(std::move(other.output_)) {}
    Running& operator=(Running&&) = delete;
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    /// All of its output. Errors: timed_out, io.
    Result<std::string> read(Clock::time_point deadline, const std::atomic<bool>& stop) {
        std::string text;
        std::array<char, 16384> chunk{};
        while (!stop.load()) {
            pollfd wanted{.fd = output_.number(), .events = POLLIN, .revents = 0};
            const int ready = ::poll(&wanted, 1, static_cast<int>(glance.count()));
            if (ready <= 0 && Clock::now() >= deadline) {
                return failure(ErrorCode::timed_out, "it did not end in time (--limit)");
            }
            if (ready <= 0) {
                continue;
            }
            const ssize_t got = ::read(output_.number(), chunk.data(), chunk.size());
            if (got <= 0) {
                return text;
            }
            text.append(chunk.data(), static_cast<std::size_t>(got));
            if (text.size() > output_limit) {
                return failure(ErrorCode::invalid, "it prints more than 16 MiB");
            }
        }
        return stopped();
    }

    /// How it ended, once. Waits for it, and ends what it has left behind: before its number can be
    /// another's.
    int ended() {
        siginfo_t about{};
        while (::waitid(P_PID, static_cast<id_t>(process_), &about, WEXITED | WNOWAIT) < 0 &&
               errno == EINTR) {
        }
        ::kill(-process_, SIGKILL);
        int status = 0;
        while (::waitpid(std::exchange(process_, 0), &status, 0) < 0 && errno == EINTR) {
        }
        return status;
    }

  private:
    Running(pid_t process, Descriptor output) : process_(process), output_(std::move(output)) {}

    pid_t process_;
    Descriptor output_;
};

class Program : public Measure {
  public:
    explicit Program(ProgramMeasure program) : program_(std::move(program)) {}

    [[nodiscard]] std::string name() const override { return program_.command; }
    [[nodiscard]] std::string unit() const override { return program_.unit; }
    [[nodiscard]] std::chrono::milliseconds limit() const override { return program_.limit; }
    Result<std::vector<double>> samples(const std::atomic<bool>& stop) override {
        auto numbers = measured(stop);
        return numbers ? std::move(numbers)
                       : std::unexpected(std::move(numbers).error().within(program_.command));
    }

  private:
    [[nodiscard]] Result<std::vector<double>> measured(const std::atomic<bool>& stop) const {
        NT_TRY(Running running, Running::start(program_));
        NT_TRY(const std::string text, running.read(Clock::now() + program_.limit, stop));
        if (const int status = running.ended(); status != 0) {
            return failure(ErrorCode::refused,
                           WIFEXITED(status)
                               ? fmt::format("it ended with {}", WEXITSTATUS(status))
                               : fmt::format("it was ended by signal {}", WTERMSIG(status)));
        }
        return numbers_of(text);
    }

    ProgramMeasure program_;
};

}  // namespace

Result<std::vector<double>> numbers_of(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    std::vector<double> numbers;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
        line = line.substr(0, line.find_last_not_of(blanks) + 1);
        if (line.empty()) {
            continue;
        }
        const auto number = decimal_number(line);
        if (!number) {
            return failure(ErrorCode::invalid,
                           fmt::format("it prints \"{}\", and a number was expected in each line",
                                       line.substr(0, 80)));
        }
        if (numbers.size() == most_samples) {
            return failure(ErrorCode::invalid,
                           fmt::format("it prints more than {} numbers", most_samples));
        }
        numbers.push_back(*number);
    }
    if (numbers.empty()) {
        return failure(ErrorCode::not_found, "it prints no number");
    }
    return numbers;
}

std::unique_ptr<Measure> program_samples(ProgramMeasure program) {
    return std::make_unique<Program>(std::move(program));
}

}  // namespace nanotune::cli::prove
