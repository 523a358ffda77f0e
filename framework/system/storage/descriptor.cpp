// One owner for each descriptor, and the loops that write(2) and fsync(2) need.
#include "system/storage/descriptor.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "system/storage/storage_failure.hpp"

namespace nanotune {

Descriptor::~Descriptor() {
    if (is_open()) {
        close(fd_);
    }
}

Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        const Descriptor old(fd_);
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

Result<Descriptor> open_file(const std::string& path, int flags) {
    int fd = -1;
    do {
        // A pipe in a file's place would be waited for at its other end.
        fd = open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0600);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0 && errno == ELOOP && (flags & O_NOFOLLOW) != 0) {
        auto failed = storage_failure("open " + path, errno);
        failed.error().message += "; it is a symbolic link, which could lead anywhere";
        return failed;
    }
    if (fd < 0) {
        return storage_failure("open " + path, errno);
    }
    return Descriptor(fd);
}

Status write_all(const Descriptor& file, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = write(file.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return storage_failure("write " + path, errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Status sync_folder(const std::string& folder) {
    NT_TRY(const Descriptor opened, open_file(folder, O_RDONLY | O_DIRECTORY));
    // A file system without a sync of folders says EINVAL: it has nothing to lose there.
    if (fsync(opened.number()) != 0 && errno != EINVAL) {
        return storage_failure("sync folder " + folder, errno);
    }
    return {};
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) {
        return ".";
    }
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace nanotune
