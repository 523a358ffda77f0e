// One nanotune at a time in a state folder. The kernel releases the lock however its holder ends;
// the file's text only tells the others who that is.
#include <algorithm>
#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "system/storage/descriptor.hpp"
#include "system/storage/storage_failure.hpp"

namespace nanotune {

namespace {

constexpr std::chrono::milliseconds pause{5};
constexpr std::size_t note_limit = 4096;

Result<bool> try_lock(const Descriptor& file, const std::string& path) {
    while (flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            return false;
        }
        if (errno != EINTR) {
            return storage_failure("lock " + path, errno);
        }
    }
    return true;
}

/// "nanotune (process 1234: apply hft.toml)", from the note that the holder left.
std::string holder(const std::string& path) {
    const Result<std::string> note = read_file(path, note_limit);
    const std::size_t space = note ? note->find(' ') : std::string::npos;
    if (space == std::string::npos) {
        return "another process";
    }
    const std::string process = note->substr(0, space);
    const std::string command = note->substr(space + 1);
    Result<std::string> name = read_file("/proc/" + process + "/comm", note_limit);
    if (!name) {
        return fmt::format("process {} ({}), which is not to be seen from here", process, command);
    }
    name->erase(std::min(name->find('\n'), name->size()));
    return fmt::format("{} (process {}: {})", *name, process, command);
}

}  // namespace

Result<Lock> Lock::acquire(const std::string& path, std::string_view command,
                           std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    NT_TRY(Descriptor file, open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW));
    while (true) {
        NT_TRY(const bool is_ours, try_lock(file, path));
        if (is_ours) {
            break;
        }
        const auto left = deadline - std::chrono::steady_clock::now();
        if (left <= std::chrono::steady_clock::duration::zero()) {
            return failure(ErrorCode::busy, fmt::format("{}: held by {}", path, holder(path)));
        }
        std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(pause, left));
    }
    const std::string note = fmt::format("{} {}", getpid(), command).substr(0, note_limit);
    if (ftruncate(file.number(), 0) != 0) {
        return storage_failure("truncate " + path, errno);
    }
    // The note is a courtesy: a full disk must not stand in the way of a rollback.
    [[maybe_unused]] const Status noted = write_all(file, note, path);
    return Lock(std::move(file));
}

}  // namespace nanotune
