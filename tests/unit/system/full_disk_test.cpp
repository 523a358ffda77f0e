// What storage says and leaves when the disk is full or may not be written. Needs root, for a file
// system of its own; without it the tests say so.
#include <array>
#include <cerrno>
#include <csignal>

#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "in_namespace.hpp"
#include "scratch_folder.hpp"
#include "support/catch.hpp"
#include "system/storage/storage.hpp"

using namespace nanotune;

namespace {

bool is_root() {
    if (geteuid() != 0) {
        WARN("not root: a small file system cannot be mounted, nothing is checked");
        return false;
    }
    return true;
}

bool says(const Status& status, ErrorCode code, std::string_view words) {
    return !status && status.error().code == code &&
           status.error().message.find(words) != std::string::npos;
}

/// Mounted so, a file system in memory counts what it has left, or has as much as there is.
std::string any_disk() {
    return GENERATE(as<std::string>{}, "size=64k", "size=0");
}

}  // namespace

TEST_CASE("a full disk is known before anything is written", "[storage][full]") {
    const ScratchFolder folder;
    if (!is_root()) {
        return;
    }
    CHECK(in_small_disk(folder.path(), "size=64k", [&] {
        if (!check_room(folder.path(), 16 << 10)) {
            return 1;
        }
        const Status status = check_room(folder.path(), 128 << 10);
        if (!says(status, ErrorCode::io, "No space left on device (ENOSPC)")) {
            return 2;
        }
        return folder.size() == 0 ? 0 : 3;
    }));
}

TEST_CASE("whoever watches a folder does not see its room being measured", "[storage][full]") {
    const ScratchFolder folder;
    if (!is_root()) {
        return;
    }
    CHECK(in_small_disk(folder.path(), any_disk(), [&] {
        const Descriptor watch(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
        if (inotify_add_watch(watch.number(), folder.path().c_str(), IN_CREATE | IN_DELETE) < 0 ||
            !check_room(folder.path(), 16 << 10)) {
            return 1;
        }
        std::array<char, 4096> room;
        return read(watch.number(), room.data(), room.size()) < 0 && errno == EAGAIN ? 0 : 2;
    }));
}

TEST_CASE("a limit on the size of files is as a disk that is full", "[storage][full]") {
    const ScratchFolder folder;
    if (!is_root()) {
        return;
    }
    CHECK(in_small_disk(folder.path(), any_disk(), [&] {
        const rlimit small{.rlim_cur = 8 << 10, .rlim_max = 8 << 10};
        return signal(SIGXFSZ, SIG_IGN) != SIG_ERR && setrlimit(RLIMIT_FSIZE, &small) == 0 &&
                       check_room(folder.path(), 8 << 10) &&
                       says(check_room(folder.path(), 16 << 10), ErrorCode::io,
                            "File too large (EFBIG)")
                   ? 0
                   : 1;
    }));
}

TEST_CASE("a disk that takes no more files is full", "[storage][full]") {
    const ScratchFolder folder;
    if (!is_root()) {
        return;
    }
    CHECK(in_small_disk(folder.path(), any_disk() + ",nr_inodes=2", [&] {
        if (!check_room(folder.path(), 1)) {
            return 1;
        }
        folder.write("last", "");
        return says(check_room(folder.path(), 1), ErrorCode::io, "No space left on device (ENOSPC)")
                   ? 0
                   : 2;
    }));
}

TEST_CASE("an append that found no room leaves no torn record", "[storage][full]") {
    const ScratchFolder folder;
    if (!is_root()) {
        return;
    }
    CHECK(in_small_disk(folder.path(), "size=64k", [&] {
        auto file = DurableFile::open(folder.at("journal"));
        if (!file || !file->append("a record|")) {
            return 1;
        }
        const Status status = file->append(std::string(128 << 10, 'x'));
        if (!says(status, ErrorCode::io, "No space left on device (ENOSPC)")) {
            return 2;
        }
        if (folder.text("journal") != "a record|") {
            return 3;
        }
        return file->append("another|") && folder.text("journal") == "a record|another|" ? 0 : 4;
    }));
}

TEST_CASE("a file that found no room for its successor stays", "[storage][full]") {
    const ScratchFolder folder;
    if (!is_root()) {
        return;
    }
    CHECK(in_small_disk(folder.path(), "size=64k", [&] {
        if (!replace_file(folder.at("state"), "old")) {
            return 1;
        }
        const Status status = replace_file(folder.at("state"), std::string(128 << 10, 'x'));
        if (!says(status, ErrorCode::io, "No space left on device (ENOSPC)")) {
            return 2;
        }
        return folder.text("state") == "old" && folder.size() == 1 ? 0 : 3;
    }));
}

TEST_CASE("a lock is had on a full disk", "[storage][full]") {
    const ScratchFolder folder;
    if (!is_root()) {
        return;
    }
    CHECK(in_small_disk(folder.path(), "size=64k", [&] {
        auto file = DurableFile::open(folder.at("filler"));
        while (file && file->append(std::string(1024, 'x'))) {
        }
        return Lock::acquire(folder.at("lock"), "rollback", std::chrono::milliseconds(0)) ? 0 : 1;
    }));
}

TEST_CASE("a read-only state folder is told as such", "[storage][full]") {
    const ScratchFolder folder;
    if (!is_root()) {
        return;
    }
    CHECK(in_small_disk(folder.path(), "size=64k", [&] {
        if (mount(nullptr, folder.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
            return 1;
        }
        if (!says(check_room(folder.path(), 1), ErrorCode::io, "Read-only file system (EROFS)")) {
            return 2;
        }
        const auto lock = Lock::acquire(folder.at("lock"), "apply", std::chrono::milliseconds(0));
        return !lock && lock.error().code == ErrorCode::io ? 0 : 3;
    }));
}

TEST_CASE("whoever may make no file in a folder is told so", "[storage][full]") {
    const ScratchFolder folder;
    if (!is_root()) {
        return;
    }
    constexpr uid_t nobody = 65534;
    CHECK(in_small_disk(folder.path(), "size=64k,mode=755", [&] {
        if (!check_room(folder.path(), 1) || seteuid(nobody) != 0) {
            return 1;
        }
        const Status status = check_room(folder.path(), 1);
        return says(status, ErrorCode::io, "Permission denied (EACCES)") &&
                       status.error().kernel_errno == EACCES
                   ? 0
                   : 2;
    }));
}
