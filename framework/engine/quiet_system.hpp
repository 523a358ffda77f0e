// The kernel as somebody looks at it who must disturb nobody: no driver is asked, so that no
// firmware works and no interrupt goes to a CPU that is left alone. What is read of files is noted,
// so that their changes can be waited for.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include <nanotune/system.hpp>

namespace nanotune {

/// Shared with threads that were given up.
class GazeState {
  public:
    std::atomic<bool> is_quiet = true;

    /// What was read since it was last taken, of files that can change by themselves.
    [[nodiscard]] std::set<std::string> take_files();
    void note(const std::string& file);

  private:
    std::mutex mutex_;
    std::set<std::string> files_;
};

/// Whether an error says no more than that nobody was asked.
[[nodiscard]] bool is_left_alone(const Error& error);
/// Whether reading this file makes another CPU, or a device, work for it.
[[nodiscard]] bool is_disturbing(std::string_view file);

/// A System that asks `system` for what disturbs nobody, and for everything while the state is not
/// quiet.
[[nodiscard]] std::unique_ptr<System> quiet_system(std::unique_ptr<System> system,
                                                   std::shared_ptr<GazeState> state);

}  // namespace nanotune
