// Ctrl-C, SIGTERM and a lost terminal while the host is being changed: the engine is asked to stop
// at the next safe place and to roll back.
#pragma once

#include <atomic>
#include <csignal>

namespace nanotune::cli {

/// While it lives, the first such signal only sets the flag; a second one ends the process, and
/// leaves the journal to the next apply or rollback. One at a time.
class Interruption {
  public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    Interruption(Interruption&&) = delete;
    Interruption& operator=(Interruption&&) = delete;

    /// Set for good by the first signal.
    [[nodiscard]] static const std::atomic<bool>* flag() noexcept;

  private:
    struct sigaction interrupt_{};
    struct sigaction terminate_{};
    struct sigaction hang_up_{};
};

}  // namespace nanotune::cli
