// The process of a worker, as its keeper sees it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::worker {

/// What a program has said, without its name in front, and without line ends behind.
[[nodiscard]] std::string own_words(std::string_view text, std::string_view program);

/// Of what wait(2) says of a process: "killed by SIGSEGV", "ended with 1".
[[nodiscard]] std::string ending(int status);

/// A child of this process, which ends with this thread. Whoever lets go of one that runs leaves it
/// running.
class WorkerProcess {
  public:
    /// This very program, called with those words. Errors: exhausted, io.
    static Result<WorkerProcess> start(std::vector<std::string> words);

    /// To wait for what it prints; -1 once it prints no more.
    [[nodiscard]] int output() const noexcept { return output_.number(); }
    [[nodiscard]] pid_t number() const noexcept { return process_; }
    /// Takes some of what it has printed.
    void listen();
    /// Whether it has said that it works.
    [[nodiscard]] bool works() const noexcept { return works_; }
    void signal(int number) const noexcept;
    /// "killed by SIGSEGV", and its last words; nothing while it runs.
    struct End {
        std::string how;
        std::string words;
    };
    [[nodiscard]] std::optional<End> end();

  private:
    WorkerProcess(pid_t process, Descriptor output)
        : process_(process), output_(std::move(output)) {}
    void hear_ready();

    pid_t process_;
    Descriptor output_;
    std::string said_;
    bool works_ = false;
};

}  // namespace nanotune::worker
