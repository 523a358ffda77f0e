#include "worker/turn.hpp"

#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

namespace nanotune::worker {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{10};  // an engine that calls waits for some seconds more
constexpr timespec between_tries{.tv_sec = 0, .tv_nsec = 5'000'000};

// Bytes of the file, each locked by itself. Who waits for the turn has the second one meanwhile, so
// that nobody who has just had a turn takes another one before him.
constexpr off_t the_turn = 0;
constexpr off_t the_next = 1;

struct flock one_byte(short type, off_t at) {
    struct flock byte{};
    byte.l_type = type;
    byte.l_whence = SEEK_SET;
    byte.l_start = at;
    byte.l_len = 1;
    return byte;
}

/// 0, or an errno. The lock goes with the descriptor.
int put_lock(const Descriptor& file, short type, off_t at) {
    struct flock byte = one_byte(type, at);
    return ::fcntl(file.number(), F_OFD_SETLK, &byte) == 0 ? 0 : errno;
}

/// Errors: busy at the deadline; io.
Status take_lock(const Descriptor& file, off_t at, const std::string& path,
                 Clock::time_point deadline) {
    for (int error = put_lock(file, F_WRLCK, at); error != 0; error = put_lock(file, F_WRLCK, at)) {
        if (error != EAGAIN && error != EACCES) {
            return kernel_failure("lock " + path, error);
        }
        if (Clock::now() >= deadline) {
            return failure(ErrorCode::busy,
                           fmt::format("{}: somebody else has been starting or ending datapaths "
                                       "for {} s",
                                       path, patience.count()));
        }
        ::nanosleep(&between_tries, nullptr);
    }
    return {};
}

/// Beside the folder: workers' own goes with the last of them. Others may open the folder above,
/// and whoever can open what is locked can lock it for good.
std::string file_beside(const std::string& folder) {
    return (std::filesystem::path(folder).parent_path() / "turn").string();
}

}  // namespace

bool is_turn_taken(const std::string& folder) {
    const Descriptor file(::open(file_beside(folder).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    struct flock byte = one_byte(F_WRLCK, the_turn);
    return file.is_open() && ::fcntl(file.number(), F_OFD_GETLK, &byte) == 0 &&
           byte.l_type != F_UNLCK;
}

Result<Descriptor> take_turn(const std::string& folder) {
    const std::string path = file_beside(folder);
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open()) {
        return errno == ENOENT || errno == EROFS ? Result<Descriptor>(std::move(file))
                                                 : kernel_failure("open " + path, errno);
    }
    const auto deadline = Clock::now() + patience;
    NT_CHECK(take_lock(file, the_next, path, deadline));
    NT_CHECK(take_lock(file, the_turn, path, deadline));
    static_cast<void>(put_lock(file, F_UNLCK, the_next));
    return file;
}

}  // namespace nanotune::worker
