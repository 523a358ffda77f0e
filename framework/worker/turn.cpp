#include "worker/turn.hpp"

#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>

namespace nanotune::worker {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{30};  // as long as one takes to be ended and started
constexpr timespec between_tries{.tv_sec = 0, .tv_nsec = 5'000'000};

}  // namespace

Result<Descriptor> take_turn(const std::string& folder) {
    // The folder above: workers' own goes with the last of them.
    const std::string above = std::filesystem::path(folder).parent_path().string();
    Descriptor lock(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock.is_open()) {
        return errno == ENOENT ? Result<Descriptor>(std::move(lock))
                               : kernel_failure("open " + above, errno);
    }
    const auto deadline = Clock::now() + patience;
    while (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return kernel_failure("lock " + above, errno);
        }
        if (Clock::now() >= deadline) {
            return failure(ErrorCode::busy,
                           fmt::format("{}: somebody else has been starting or ending datapaths "
                                       "for {} s",
                                       folder, patience.count()));
        }
        ::nanosleep(&between_tries, nullptr);
    }
    return lock;
}

}  // namespace nanotune::worker
