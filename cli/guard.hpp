// The guard of `apply --confirm` where there is no daemon: a process in a session of its own that
// rolls back when the command dies, or when nobody confirms in time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "service/service.hpp"

namespace nanotune::cli {

/// One end of the line between command and guard. Owns its descriptor.
class GuardLine {
  public:
    static Result<std::pair<GuardLine, GuardLine>> pair();
    /// The end that was handed over at the start of the process.
    static GuardLine inherited(int number) noexcept { return GuardLine(number); }
    ~GuardLine();
    GuardLine(GuardLine&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    GuardLine& operator=(GuardLine&& other) noexcept;
    GuardLine(const GuardLine&) = delete;
    GuardLine& operator=(const GuardLine&) = delete;

    [[nodiscard]] Status say(std::string_view word) const;
    /// The next word, or nothing when the other end is gone. Errors: timed_out.
    [[nodiscard]] Result<std::optional<std::string>> hear(
        std::optional<std::chrono::milliseconds> patience = {}) const;
    [[nodiscard]] int number() const noexcept { return number_; }

  private:
    explicit GuardLine(int number) noexcept : number_(number) {}
    int number_ = -1;
};

/// How the guard's process is started.
struct GuardStart {
    std::string program;
    std::string state_folder;
    std::string plugin_folder;
    std::chrono::seconds deadline{60};
};

/// The command's side. A guard that is not dismissed rolls back when this dies.
class Guard {
  public:
    /// Returns once the guard listens. Errors: io, when it does not start.
    static Result<Guard> start(const GuardStart& options);
    [[nodiscard]] long process() const { return process_; }
    /// From now on this transaction is guarded, and no other, whatever becomes of the state folder.
    /// Errors: the guard is gone, or does not answer.
    [[nodiscard]] Status watch(std::uint64_t transaction) const;
    /// From now on only the deadline counts. Errors: the guard is gone.
    [[nodiscard]] Status await_confirmation() const;
    /// Nothing is left to guard.
    void dismiss() const;

  private:
    Guard(GuardLine line, long process) : line_(std::move(line)), process_(process) {}
    GuardLine line_;
    long process_;
};

/// The guard's side.
struct GuardDuty {
    std::chrono::seconds deadline{60};
    /// Opened once there may be something to roll back.
    std::function<Result<std::unique_ptr<Service>>()> service;
    std::function<void(std::chrono::seconds)> sleep;
};

/// What the guard did, for the system's log; "" when there was nothing to do.
[[nodiscard]] Result<std::string> keep_guard(const GuardLine& line, const GuardDuty& duty);

}  // namespace nanotune::cli
