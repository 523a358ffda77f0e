// Files read, replaced, moved and removed as a whole.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "system/storage/descriptor.hpp"
#include "system/storage/replace_keeping.hpp"
#include "system/storage/storage_failure.hpp"

namespace nanotune {

namespace {

/// A new file beside `path`, gone at the end of its life unless it was renamed.
class Scratch {
  public:
    static Result<Scratch> beside(const std::string& path) {
        std::string name = path + ".XXXXXX";
        const int fd = mkostemp(name.data(), O_CLOEXEC);
        if (fd < 0) {
            return storage_failure("create a file beside " + path, errno);
        }
        return Scratch(std::move(name), Descriptor(fd), true);
    }
    /// One that nobody sees, where the file system has such.
    static Result<Scratch> in(const std::string& folder) {
        std::string name = folder + "/room";
        Descriptor file(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
        return file.is_open() ? Scratch(std::move(name), std::move(file), false) : beside(name);
    }
    ~Scratch() {
        if (has_name_) {
            unlink(name_.c_str());
        }
    }
    Scratch(Scratch&& other) noexcept
        : name_(std::move(other.name_)),
          file_(std::move(other.file_)),
          has_name_(std::exchange(other.has_name_, false)) {}
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    Scratch& operator=(Scratch&&) = delete;

    [[nodiscard]] Status fill(std::string_view bytes) {
        NT_CHECK(write_all(file_, bytes, name_));
        if (fsync(file_.number()) != 0) {
            return storage_failure("sync " + name_, errno);
        }
        return {};
    }
    /// As many bytes of the disk, whatever is in them.
    [[nodiscard]] Status reserve(std::size_t bytes) {
        while (fallocate(file_.number(), 0, 0, static_cast<off_t>(bytes)) != 0) {
            if (errno == EOPNOTSUPP) {
                return fill(std::string(bytes, '\0'));
            }
            if (errno != EINTR) {
                return storage_failure("reserve " + std::to_string(bytes) + " bytes for " + name_,
                                       errno);
            }
        }
        return {};
    }
    [[nodiscard]] Status become(const std::string& path) {
        if (rename(name_.c_str(), path.c_str()) != 0) {
            return storage_failure("rename " + name_ + " to " + path, errno);
        }
        has_name_ = false;
        return sync_folder(folder_of(path));
    }

  private:
    Scratch(std::string name, Descriptor file, bool has_name)
        : name_(std::move(name)), file_(std::move(file)), has_name_(has_name) {}

    std::string name_;  ///< what errors call it, where it has none
    Descriptor file_;
    bool has_name_;
};

Status make_one_folder(const std::string& path) {
    if (mkdir(path.c_str(), 0700) == 0) {
        return {};
    }
    const int reason = errno;
    struct stat status{};
    if (stat(path.c_str(), &status) == 0) {
        if (S_ISDIR(status.st_mode)) {
            return {};
        }
        return failure(ErrorCode::io, fmt::format("make folder {}: a file is in the way", path));
    }
    std::unexpected<Error> failed = storage_failure("make folder " + path, reason);
    failed.error().code = ErrorCode::io;
    return failed;
}

/// From its beginning, wherever somebody else has read up to.
Result<std::string> read_all(const Descriptor& file, const std::string& path, std::size_t limit) {
    struct stat status{};
    if (fstat(file.number(), &status) != 0) {
        return storage_failure("stat " + path, errno);
    }
    if (S_ISFIFO(status.st_mode)) {
        return failure(ErrorCode::io, fmt::format("read {}: it is a pipe, and no file", path));
    }
    const auto expected = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
    // One byte more than the file has, so that its end shows without growing again.
    const std::size_t first = std::max<std::size_t>(expected + 1, 4096);
    std::string text;
    while (text.size() <= limit) {
        const std::size_t length = text.size();
        const std::size_t room = std::min(length < first ? first : length + 4096, limit + 1);
        ssize_t got = 0;
        text.resize_and_overwrite(room, [&](char* bytes, std::size_t size) {
            do {
                got =
                    pread(file.number(), bytes + length, size - length, static_cast<off_t>(length));
            } while (got < 0 && errno == EINTR);
            return length + static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        });
        if (got < 0) {
            return storage_failure("read " + path, errno);
        }
        if (got == 0) {
            return text;
        }
    }
    return failure(ErrorCode::io, fmt::format("read {}: it is larger than {} bytes", path, limit));
}

}  // namespace

Status make_folder(const std::string& path) {
    struct stat status{};
    if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
        return {};
    }
    for (std::size_t end = path.find('/', 1); end != std::string::npos;
         end = path.find('/', end + 1)) {
        NT_CHECK(make_one_folder(path.substr(0, end)));
    }
    return make_one_folder(path);
}

namespace {

/// Why no file of so many bytes can be made in the folder, by what its file system counts; 0 where
/// it can.
int reason_against(const std::string& folder, std::size_t bytes, const struct statfs& counts) {
    if (faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
        return errno;
    }
    rlimit size{};
    if (getrlimit(RLIMIT_FSIZE, &size) == 0 && size.rlim_cur < bytes) {
        return EFBIG;
    }
    const auto block = static_cast<std::uint64_t>(counts.f_bsize);
    const bool has_file = counts.f_files == 0 || counts.f_ffree != 0;
    return has_file && counts.f_bavail >= (bytes + block - 1) / block ? 0 : ENOSPC;
}

/// Of a file system in memory, which counts what it has left: there a file that is reserved, and
/// given back at once, tells no more. Nothing where it is no such one, or has no limit.
std::optional<Status> counted_room(const std::string& folder, std::size_t bytes) {
    struct statfs counts{};
    if (statfs(folder.c_str(), &counts) != 0 || counts.f_type != TMPFS_MAGIC ||
        counts.f_blocks == 0) {
        return std::nullopt;
    }
    const int reason = reason_against(folder, bytes, counts);
    return reason == 0
               ? Status()
               : storage_failure(fmt::format("reserve {} bytes in {}", bytes, folder), reason);
}

Status reserved_room(const std::string& folder, std::size_t bytes) {
    NT_TRY(Scratch scratch, Scratch::in(folder));
    return scratch.reserve(bytes);
}

}  // namespace

Status check_room(const std::string& folder, std::size_t bytes) {
    const auto counted = counted_room(folder, bytes);
    Status room = counted ? *counted : reserved_room(folder, bytes);
    if (!room) {
        room.error().code = ErrorCode::io;
    }
    return room;
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
    NT_TRY(const Descriptor file, open_file(path, O_RDONLY));
    return read_all(file, path, limit);
}

Result<OpenFile> OpenFile::open(const std::string& path) {
    NT_TRY(Descriptor file, open_file(path, O_RDONLY | O_NOFOLLOW));
    struct stat status{};
    if (fstat(file.number(), &status) != 0) {
        return storage_failure("stat " + path, errno);
    }
    return OpenFile(path, std::move(file), status.st_ino);
}

Result<std::string> OpenFile::contents(std::size_t limit) const {
    return read_all(fd_, path_, limit);
}

Status replace_file(const std::string& path, std::string_view bytes) {
    NT_TRY(Scratch scratch, Scratch::beside(path));
    NT_CHECK(scratch.fill(bytes));
    return scratch.become(path);
}

Status replace_keeping(const std::string& path, std::string_view bytes, const std::string& kept) {
    NT_CHECK(replace_file(kept, bytes));
    if (renameat2(AT_FDCWD, kept.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0) {
        return sync_folder(folder_of(path));
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return storage_failure("exchange " + path + " with " + kept, errno);
    }
    NT_CHECK(remove_file(kept));
    NT_CHECK(move_file(path, kept));
    return replace_file(path, bytes);
}

Status move_file(const std::string& from, const std::string& to) {
    if (rename(from.c_str(), to.c_str()) != 0) {
        return storage_failure("rename " + from + " to " + to, errno);
    }
    NT_CHECK(sync_folder(folder_of(to)));
    if (folder_of(from) != folder_of(to)) {
        NT_CHECK(sync_folder(folder_of(from)));
    }
    return {};
}

Status remove_file(const std::string& path) {
    if (unlink(path.c_str()) == 0) {
        return sync_folder(folder_of(path));
    }
    return errno == ENOENT ? Status() : storage_failure("remove " + path, errno);
}

}  // namespace nanotune
