// The journal's file: what was appended and synced is there after a crash, and an append that
// failed leaves no torn bytes behind.
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/storage/descriptor.hpp"
#include "system/storage/storage_failure.hpp"

namespace nanotune {

namespace {

Result<std::uint64_t> size_of(const Descriptor& file, const std::string& path) {
    struct stat status{};
    if (fstat(file.number(), &status) != 0) {
        return storage_failure("stat " + path, errno);
    }
    return static_cast<std::uint64_t>(status.st_size);
}

/// What is written into a pipe would be read back from it.
Status is_no_pipe(const Descriptor& file, const std::string& path) {
    struct stat status{};
    if (fstat(file.number(), &status) != 0) {
        return storage_failure("stat " + path, errno);
    }
    if (S_ISFIFO(status.st_mode)) {
        return failure(ErrorCode::io, fmt::format("open {}: it is a pipe, and no file", path));
    }
    return {};
}

Status cut_to(const Descriptor& file, const std::string& path, std::uint64_t keep) {
    NT_TRY(const std::uint64_t size, size_of(file, path));
    if (size < keep) {
        return failure(ErrorCode::damaged, fmt::format("{}: {} bytes are left of the {} that were "
                                                       "written",
                                                       path, size, keep));
    }
    if (size > keep && ftruncate(file.number(), static_cast<off_t>(keep)) != 0) {
        return storage_failure("truncate " + path, errno);
    }
    return {};
}

}  // namespace

Result<DurableFile> DurableFile::open(const std::string& path, std::optional<std::uint64_t> keep) {
    constexpr int flags = O_RDWR | O_APPEND | O_NOFOLLOW;
    Result<Descriptor> file = open_file(path, flags);
    if (!file && file.error().code == ErrorCode::not_found) {
        file = open_file(path, flags | O_CREAT);
        if (file) {
            NT_CHECK(sync_folder(folder_of(path)));
        }
    }
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    NT_CHECK(is_no_pipe(*file, path));
    if (keep) {
        NT_CHECK(cut_to(*file, path, *keep));
    }
    return DurableFile(path, *std::move(file));
}

Status DurableFile::append(std::string_view bytes) {
    NT_TRY(const std::uint64_t size, size_of(fd_, path_));
    return append(bytes, size);
}

Status DurableFile::append(std::string_view bytes, std::uint64_t size) {
    Status written = write_all(fd_, bytes, path_);
    if (!written) {
        if (const Status restored = cut_to(fd_, path_, size); !restored) {
            written.error().message += "; " + restored.error().message;
        }
    }
    return written;
}

Result<std::uint64_t> DurableFile::size() const {
    return size_of(fd_, path_);
}

Result<bool> DurableFile::ends_whole() const {
    NT_TRY(const std::uint64_t size, this->size());
    char last = '\n';
    if (size > 0 && pread(fd_.number(), &last, 1, static_cast<off_t>(size) - 1) < 0) {
        return storage_failure("read " + path_, errno);
    }
    return last == '\n';
}

Status DurableFile::cut(std::uint64_t size) {
    return cut_to(fd_, path_, size);
}

Status DurableFile::overwrite_head(std::string_view bytes) {
    if (!head_.is_open()) {  // a file that is open for appending is written at its end only
        NT_TRY(head_, open_file(path_, O_WRONLY | O_NOFOLLOW));
    }
    ssize_t written = 0;
    do {
        written = pwrite(head_.number(), bytes.data(), bytes.size(), 0);
    } while (written < 0 && errno == EINTR);
    if (written < 0) {
        return storage_failure("write the head of " + path_, errno);
    }
    if (static_cast<std::size_t>(written) != bytes.size()) {
        return failure(ErrorCode::io, fmt::format("write the head of {}: {} of {} bytes", path_,
                                                  written, bytes.size()));
    }
    return {};
}

Status DurableFile::sync() {
    if (fdatasync(fd_.number()) != 0) {
        return storage_failure("sync " + path_, errno);
    }
    return {};
}

}  // namespace nanotune
