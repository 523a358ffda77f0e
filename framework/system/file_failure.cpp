#include "system/file_failure.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/storage/next_line.hpp"

namespace nanotune {

namespace {

constexpr std::size_t shown_limit = 80;

// A managed interrupt, or one that cannot move: EIO, and EPERM since Linux 6.12.
bool is_unmovable(const std::string& path, int reason) {
    return path.starts_with("/proc/irq/") && (reason == EIO || reason == EPERM);
}

}  // namespace

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

std::string write_operation(const std::string& path, std::string_view text) {
    text = without_line_ends(text);
    return text.size() <= shown_limit
               ? fmt::format("write {} to {}", text, path)
               : fmt::format("write {}... to {}", text.substr(0, shown_limit), path);
}

std::unexpected<Error> write_failure(const std::string& path, std::string_view text, int reason) {
    auto failed = kernel_failure(write_operation(path, text), reason, denial(path, reason));
    if (is_unmovable(path, reason)) {
        failed.error().code = ErrorCode::unmovable;
    }
    return failed;
}

}  // namespace nanotune
