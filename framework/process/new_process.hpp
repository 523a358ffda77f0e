// How another program begins, whatever this process does with its signals and descriptors:
// posix_spawn(3) and what it is told.
#pragma once

#include <span>
#include <string>

#include <spawn.h>
#include <sys/types.h>

namespace nanotune {

/// In a session of its own, with no signal blocked or ignored, and with the descriptors alone that
/// it is given here. Used once.
class NewProcess {
  public:
    NewProcess();
    ~NewProcess();
    NewProcess(const NewProcess&) = delete;
    NewProcess& operator=(const NewProcess&) = delete;
    NewProcess(NewProcess&&) = delete;
    NewProcess& operator=(NewProcess&&) = delete;

    /// Its descriptor `as` is the caller's `descriptor`.
    void give(int descriptor, int as);
    /// Its descriptor `as` is /dev/null.
    void give_nothing(int as);
    /// It begins in the root folder, and keeps no other file system busy.
    void leave_folder();

    /// Starts the program at `path` with these words, the first of which is its name. Without
    /// `environment` it has the caller's. What was not given is closed from `first_closed` on.
    /// `process` is its number. Returns 0, or an error number of posix_spawn(3).
    [[nodiscard]] int start(pid_t& process, const std::string& path,
                            std::span<const std::string> words, int first_closed,
                            std::span<const std::string> environment = {});

  private:
    posix_spawn_file_actions_t files_{};
    posix_spawnattr_t attributes_{};
};

/// What a program of the system gets by with.
[[nodiscard]] std::span<const std::string> plain_environment();

}  // namespace nanotune
