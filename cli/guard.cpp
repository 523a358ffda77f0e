#include "guard.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>

#include "process/new_process.hpp"

namespace nanotune::cli {

namespace {

constexpr std::string_view ready_word = "ready";
constexpr std::string_view dismissed_word = "dismissed";
constexpr std::string_view begun_word = "begun ";
constexpr std::string_view holding_word = "holding";
constexpr std::string_view awaiting_word = "awaiting";
constexpr std::chrono::seconds start_patience{5};
constexpr int guard_descriptor = 3;

std::unexpected<Error> not_started(std::string_view why) {
    return failure(ErrorCode::io, fmt::format("guard for --confirm: {}; nothing was touched", why));
}

/// 0 where there is none.
std::uint64_t number_after(std::string_view word, std::string_view text) {
    return leading_number<std::uint64_t>(text.substr(word.size())).value_or(0);
}

}  // namespace

GuardLine::~GuardLine() {
    if (number_ >= 0) {
        ::close(number_);
    }
}

GuardLine& GuardLine::operator=(GuardLine&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

Result<std::pair<GuardLine, GuardLine>> GuardLine::pair() {
    std::array<int, 2> numbers{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, numbers.data()) != 0) {
        return kernel_failure("socketpair", errno);
    }
    return std::pair(GuardLine(numbers[0]), GuardLine(numbers[1]));
}

Status GuardLine::say(std::string_view word) const {
    if (::send(number_, word.data(), word.size(), MSG_NOSIGNAL) < 0) {
        return kernel_failure("send", errno);
    }
    return {};
}

Result<std::optional<std::string>> GuardLine::hear(
    std::optional<std::chrono::milliseconds> patience) const {
    pollfd wanted{.fd = number_, .events = POLLIN, .revents = 0};
    const int limit = patience ? static_cast<int>(patience->count()) : -1;
    int count = 0;
    do {
        count = ::poll(&wanted, 1, limit);
    } while (count < 0 && errno == EINTR);
    if (count == 0) {
        return failure(ErrorCode::timed_out, "no answer");
    }
    std::array<char, 256> buffer{};
    ssize_t size = ::recv(number_, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == ECONNRESET) {
        // The other end has gone with words of ours unread. What it said before that comes after.
        size = ::recv(number_, buffer.data(), buffer.size(), 0);
    }
    if (size == 0) {
        return std::nullopt;
    }
    if (size < 0) {
        return kernel_failure("recv", errno);
    }
    return std::string(buffer.data(), static_cast<std::size_t>(size));
}

Result<Guard> Guard::start(const GuardStart& options) {
    NT_TRY(auto ends, GuardLine::pair());
    auto& [ours, theirs] = ends;
    NewProcess made;
    made.give(theirs.number(), guard_descriptor);
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        made.give_nothing(standard);
    }
    made.leave_folder();
    const std::string words[] = {"nanotune",     "guard",
                                 "--state-dir",  options.state_folder,
                                 "--plugin-dir", options.plugin_folder,
                                 "--fd",         std::to_string(guard_descriptor),
                                 "--deadline",   fmt::format("{}s", options.deadline.count())};
    pid_t process = 0;
    const int error = made.start(process, options.program, words, guard_descriptor + 1);
    if (error != 0) {
        return not_started(kernel_failure("start " + options.program, error).error().message);
    }
    theirs = GuardLine::inherited(-1);
    const auto answer = ours.hear(start_patience);
    if (!answer || *answer != ready_word) {
        ::kill(process, SIGKILL);
        ::waitpid(process, nullptr, 0);
        return not_started("its process did not come up");
    }
    return Guard(std::move(ours), process);
}

Status Guard::watch(std::uint64_t transaction) const {
    if (!line_.say(fmt::format("{}{}", begun_word, transaction))) {
        return not_started("its process was killed");
    }
    const auto answer = line_.hear(start_patience);
    if (!answer) {
        return not_started("its process does not answer");
    }
    return *answer == holding_word ? Status() : not_started("its process was killed");
}

Status Guard::await_confirmation() const {
    return line_.say(awaiting_word);
}

void Guard::dismiss() const {
    // A guard that is gone already needs no dismissal.
    static_cast<void>(line_.say(dismissed_word));
}

namespace {

/// Whoever removes the state folder must not keep the guard from its duty. What cannot be held on
/// to now is looked for at the deadline.
Result<std::unique_ptr<Service>> holding(const GuardDuty& duty) {
    NT_TRY(auto service, duty.service());
    NT_CHECK(service->hold_record());
    return service;
}

}  // namespace

Result<std::string> keep_guard(const GuardLine& line, const GuardDuty& duty) {
    NT_CHECK(line.say(ready_word));
    NT_TRY(auto word, line.hear());
    RollbackRequest request;
    Result<std::unique_ptr<Service>> service = failure(ErrorCode::not_found, "not opened yet");
    if (word && word->starts_with(begun_word)) {
        request.only = number_after(begun_word, *word);
        service = holding(duty);
        static_cast<void>(line.say(holding_word));  // a command that has died is heard of next
        NT_TRY(word, line.hear());
    }
    // Without a number the command ended before it began anything.
    if (word == dismissed_word || request.only == 0) {
        return "";
    }
    if (word) {
        duty.sleep(duty.deadline);
    }
    if (!service) {
        NT_TRY(service, duty.service());
    }
    NT_TRY(request.consent, Consent::from_words("all"));
    const Report report = (*service)->rollback(request);
    if (report.exit == Exit::as_wanted && report.profile.empty()) {
        return "";  // confirmed, or rolled back by somebody else
    }
    const std::string_view why = word ? "nobody confirmed" : "the command was cut off";
    std::string problems;
    for (const Error& problem : report.problems) {
        problems += " " + problem.message;
    }
    if (report.profile.empty()) {
        const ErrorCode code =
            report.problems.empty() ? ErrorCode::io : report.problems.front().code;
        return failure(code, fmt::format("{}, and it was not begun:{}", why, problems));
    }
    return fmt::format("{}: {} rolled back{}{}", why, report.profile,
                       report.exit == Exit::as_wanted ? "" : ", but not completely:", problems);
}

}  // namespace nanotune::cli
