// The kernel's text files: a read goes on until the end, since a generated file may come in pieces;
// a write is one write(2), since each one is a command.
#include "system/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/device_file.hpp"
#include "system/storage/next_line.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

namespace {

constexpr std::size_t piece = 4096;
constexpr std::size_t longest_sysctl = std::size_t{1} << 20U;
constexpr std::size_t size_limit = std::size_t{64} << 20;
constexpr std::size_t shown_limit = 80;

struct Freer {
    void operator()(char* text) const noexcept { std::free(text); }  // NOLINT: realpath's contract
};
struct FolderCloser {
    void operator()(DIR* folder) const noexcept { closedir(folder); }
};

bool is_sysctl(std::string_view path) {
    return path.starts_with("/proc/sys/");
}

/// The kernel gives these whole in one read(2), up to a page; lists in cgroupfs come in pieces.
bool holds_one_value(std::string_view path) {
    return is_sysctl(path) || (path.starts_with("/sys/") && !path.starts_with("/sys/fs/cgroup/"));
}

std::string without_last_newline(std::string text) {
    if (text.ends_with('\n')) {
        text.pop_back();
    }
    return text;
}

/// Some lists of /proc/sys are longer than a page, and the kernel ends them where the first read
/// did.
Result<std::string> read_at_once(const Descriptor& file, const std::string& path) {
    for (std::size_t size = piece; size <= longest_sysctl; size *= 4) {
        std::string text(size, '\0');
        ssize_t got = -1;
        do {
            got = ::pread(file.number(), text.data(), text.size(), 0);
        } while (got < 0 && errno == EINTR);
        if (got < 0) {
            return kernel_failure("read " + path, errno);
        }
        if (static_cast<std::size_t>(got) < size) {
            text.resize(static_cast<std::size_t>(got));
            return text;
        }
    }
    return kernel_failure("read " + path, EFBIG);
}

/// "mode 0644; CAP_NET_ADMIN is needed": why a file cannot be written by this process.
std::string denial(const std::string& path, int reason) {
    struct stat status{};
    if ((reason != EACCES && reason != EPERM) || stat(path.c_str(), &status) != 0) {
        return {};
    }
    const unsigned mode = status.st_mode & 07777U;
    if ((mode & 0222U) == 0) {
        return fmt::format("permission denied: mode {:04o}, nobody may write it", mode);
    }
    if (geteuid() == status.st_uid) {
        return fmt::format("permission denied: mode {:04o}, and its owner is denied too", mode);
    }
    const std::string_view needed = path.starts_with("/proc/sys/net/")
                                        ? "root or CAP_NET_ADMIN is needed"
                                        : "root or CAP_DAC_OVERRIDE is needed";
    return fmt::format("permission denied: mode {:04o}; {}", mode, needed);
}

std::string shown(std::string_view text) {
    text = without_line_ends(text);
    return text.size() <= shown_limit ? std::string(text)
                                      : fmt::format("{}...", text.substr(0, shown_limit));
}

// A managed interrupt, or one that cannot move: EIO, and EPERM since Linux 6.12.
bool is_unmovable(const std::string& path, int reason) {
    return path.starts_with("/proc/irq/") && (reason == EIO || reason == EPERM);
}

std::unexpected<Error> write_failure(const std::string& path, std::string_view text, int reason) {
    return kernel_failure(fmt::format("write {} to {}", shown(text), path), reason,
                          denial(path, reason));
}

}  // namespace

Descriptor KernelFiles::opened(const std::string& path, int flags) {
    const auto open = [this, &path, flags] {
        return Descriptor(near_.at(path, [flags](int folder, const char* name) {
            return openat(folder, name, flags | O_CLOEXEC | O_NOCTTY);
        }));
    };
    Descriptor file = open();
    return !file.is_open() && errno == EMFILE && written_.forget() ? open() : std::move(file);
}

/// A sysctl so that it can be read back, where its mode does not say otherwise.
Descriptor KernelFiles::opened_for_writing(const std::string& path) {
    if (!is_sysctl(path)) {
        return opened(path, O_WRONLY);
    }
    Descriptor file = opened(path, O_RDWR);
    return file.is_open() || errno != EACCES ? std::move(file) : opened(path, O_WRONLY);
}

Result<std::string> KernelFiles::read(const std::string& path) {
    if (const Descriptor written = written_.take(path); written.is_open()) {
        if (auto text = read_at_once(written, path)) {
            return without_last_newline(*std::move(text));
        }
    }
    const Descriptor file = opened(path, O_RDONLY);
    if (!file.is_open()) {
        return kernel_failure("read " + path, errno);
    }
    const bool is_one_value = holds_one_value(path);
    std::string text;
    std::size_t length = 0;
    std::array<char, piece> buffer;
    while (true) {
        const ssize_t got = ::read(file.number(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return kernel_failure("read " + path, errno);
        }
        if (got == 0) {
            break;
        }
        const bool is_all = is_one_value && static_cast<std::size_t>(got) < buffer.size();
        length += static_cast<std::size_t>(got);
        if (length > size_limit) {
            return kernel_failure("read " + path, EFBIG);
        }
        text.append(buffer.data(), static_cast<std::size_t>(got));
        if (is_all) {
            break;
        }
        if (is_sysctl(path)) {
            NT_TRY(text, read_at_once(file, path));
            break;
        }
    }
    return without_last_newline(std::move(text));
}

Status KernelFiles::write(const std::string& path, std::string_view text) {
    Descriptor file = opened_for_writing(path);
    if (!file.is_open()) {
        return write_failure(path, text, errno);
    }
    ssize_t written = -1;
    do {
        written = ::write(file.number(), text.data(), text.size());
    } while (written < 0 && errno == EINTR);
    if (written < 0) {
        const int reason = errno;
        std::unexpected<Error> failed = write_failure(path, text, reason);
        if (is_unmovable(path, reason)) {
            failed.error().code = ErrorCode::unmovable;
        }
        return failed;
    }
    if (static_cast<std::size_t>(written) != text.size()) {
        return failure(ErrorCode::refused, fmt::format("write {} to {}: the kernel took {} of {} "
                                                       "bytes",
                                                       shown(text), path, written, text.size()));
    }
    if (is_sysctl(path)) {
        written_.keep(path, std::move(file));
    }
    return {};
}

Result<std::vector<std::string>> KernelFiles::list(const std::string& folder) {
    const std::unique_ptr<DIR, FolderCloser> stream(opendir(folder.c_str()));
    if (!stream) {
        return kernel_failure("list " + folder, errno);
    }
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* const entry = readdir(stream.get())) {
        const std::string_view name(entry->d_name);
        if (name != "." && name != "..") {
            names.emplace_back(name);
        }
        errno = 0;
    }
    if (errno != 0) {
        return kernel_failure("list " + folder, errno);
    }
    std::ranges::sort(names);
    return names;
}

Result<std::string> KernelFiles::link_name(const std::string& path) {
    std::array<char, PATH_MAX> target{};
    const ssize_t size = readlink(path.c_str(), target.data(), target.size());
    if (size < 0) {
        // EINVAL: it is there, and no link.
        return kernel_failure("read link " + path, errno == EINVAL ? ENOENT : errno);
    }
    const std::string_view whole(target.data(), static_cast<std::size_t>(size));
    return std::string(whole.substr(whole.rfind('/') + 1));
}

Result<std::string> KernelFiles::resolved(const std::string& path) {
    const std::unique_ptr<char, Freer> real(realpath(path.c_str(), nullptr));
    if (real) {
        return std::string(real.get());
    }
    const int reason = errno;
    std::array<char, PATH_MAX> target{};
    const ssize_t size = readlink(path.c_str(), target.data(), target.size());
    const std::string_view shown(target.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
    if (shown.starts_with('/') && shown.ends_with(" (deleted)")) {
        return std::string(shown);
    }
    return kernel_failure("resolve " + path, reason);
}

bool KernelFiles::exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
}

Status KernelFiles::may_write(const std::string& path) {
    // A mount that is read-only answers here too: EROFS.
    const int answer = near_.at(path, [](int folder, const char* name) {
        return faccessat(folder, name, W_OK, AT_EACCESS);
    });
    const int reason = answer < 0 ? errno : 0;
    if (reason != 0 && reason != EACCES) {
        return kernel_failure("write " + path, reason);
    }
    if (reason == 0 && path.starts_with("/proc/sys/")) {
        return {};  // goes by the mode for root, too
    }
    // Elsewhere root passes whatever the mode is; sysfs refuses it at open all the same.
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) {
        return kernel_failure("write " + path, errno);
    }
    if ((status.st_mode & 0222U) == 0) {
        auto for_nobody = kernel_failure("write " + path, EACCES, denial(path, EACCES));
        for_nobody.error().code = ErrorCode::unsupported;
        return for_nobody;
    }
    if (reason != 0) {
        return kernel_failure("write " + path, reason, denial(path, reason));
    }
    const std::string lacking = lacking_for_device_file(*this, path);
    return lacking.empty()
               ? Status()
               : kernel_failure("write " + path, EPERM, "permission denied: " + lacking);
}

}  // namespace nanotune
