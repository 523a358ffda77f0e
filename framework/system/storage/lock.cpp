// One nanotune at a time in a state folder. The kernel releases the lock however its holder ends;
// the file's text only tells the others who that is.
#include <algorithm>
#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/storage/descriptor.hpp"
#include "system/storage/lock_holder.hpp"
#include "system/storage/residence.hpp"
#include "system/storage/storage_failure.hpp"

namespace nanotune {

namespace {

constexpr std::chrono::milliseconds pause{5};
constexpr std::chrono::milliseconds pause_beside_resident{50};
constexpr std::chrono::milliseconds parting{1000};  // at most, of a resident that was killed
constexpr int looks = 40;  // at a lock that changes hands, or whose holder only asks who holds it

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

/// A lock can be held on a file that cannot be written: a rollback needs no more.
Result<Descriptor> opened(const std::string& path) {
    auto file = open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW);
    if (!file && file.error().kernel_errno == EROFS) {
        if (auto readable = open_file(path, O_RDONLY | O_NOFOLLOW)) {
            return readable;
        }
    }
    return file;
}

/// Whether whoever comes next finds this very file: the folder may have been removed, and made
/// anew, while this process waited.
bool is_still_at(const Descriptor& file, const std::string& path) {
    struct stat ours{};
    struct stat there{};
    return fstat(file.number(), &ours) == 0 && lstat(path.c_str(), &there) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

/// A courtesy: a full or read-only disk must not stand in the way of a rollback. Over the one
/// before it, of which no reader looks behind the first line's end: to give up its page and take
/// another costs more than to get the lock. Where this one finds no room, none is left.
void leave_note(const Descriptor& file, const std::string& path, std::string_view command) {
    const std::string note = lock_note(command) + '\n';
    const auto left = write_all(file, note, path) ? static_cast<off_t>(note.size()) : 0;
    const bool is_left = ftruncate(file.number(), left) == 0;
    static_cast<void>(is_left);
}

}  // namespace

Result<Lock> Lock::acquire(const std::string& path, std::string_view command,
                           std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto parted = std::min(deadline, std::chrono::steady_clock::now() + parting);
    NT_TRY(Descriptor file, opened(path));
    for (int look = 1;;) {
        NT_TRY(const bool is_ours, try_lock(file, path));
        if (is_ours && !is_still_at(file, path)) {
            NT_TRY(file, opened(path));
            continue;
        }
        if (is_ours) {
            const auto resident = resident_beside(path);
            if (!resident) {
                leave_note(file, path, command);
                return Lock(std::move(file));
            }
            // Who lives here has moved in: its turn does not end while others wait, unless it does.
            if (std::chrono::steady_clock::now() >= parted) {
                return failure(ErrorCode::busy, fmt::format("{}: held by {}", path, *resident));
            }
            NT_TRY(file, opened(path));
            std::this_thread::sleep_for(pause_beside_resident);
            continue;
        }
        const auto left = deadline - std::chrono::steady_clock::now();
        if (left <= std::chrono::steady_clock::duration::zero()) {
            const auto holder = lock_holder(file, path);
            if (holder || look++ == looks) {
                return failure(ErrorCode::busy,
                               fmt::format("{}: held by {}", path,
                                           holder ? holder->text()
                                                  : "a process that is not to be seen from here"));
            }
        }
        std::this_thread::sleep_for(std::clamp<std::chrono::steady_clock::duration>(
            left, std::chrono::milliseconds(1), pause));
    }
}

std::optional<std::string> Lock::holder(const std::string& path) {
    const auto file = open_file(path, O_RDONLY | O_NOFOLLOW);
    if (!file || flock(file->number(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK) {
        return std::nullopt;  // what was locked for the question is released with the descriptor
    }
    const auto holder = lock_holder(*file, path);
    return holder && holder->process != getpid() ? std::optional(holder->text()) : std::nullopt;
}

}  // namespace nanotune
