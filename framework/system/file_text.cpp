#include "system/file_text.hpp"

#include <array>
#include <cerrno>
#include <span>

#include <unistd.h>

namespace nanotune {

namespace {

constexpr std::size_t piece = 4096;
constexpr std::size_t longest_sysctl = std::size_t{1} << 20U;
constexpr std::size_t size_limit = std::size_t{64} << 20;

/// The kernel gives these whole in one read(2), up to a page; lists in cgroupfs come in pieces.
bool holds_one_value(std::string_view path) {
    return is_sysctl(path) || (path.starts_with("/sys/") && !path.starts_with("/sys/fs/cgroup/"));
}

ssize_t read_from_start(const Descriptor& file, std::span<char> room) {
    ssize_t got = -1;
    do {
        got = ::pread(file.number(), room.data(), room.size(), 0);
    } while (got < 0 && errno == EINTR);
    return got;
}

}  // namespace

bool is_sysctl(std::string_view path) {
    constexpr std::string_view sysctls = "/proc/sys/";
    return path.starts_with(sysctls);
}

Result<std::string> text_from_start(const Descriptor& file, const std::string& path) {
    std::array<char, piece> page;
    ssize_t got = read_from_start(file, page);
    if (got >= 0 && static_cast<std::size_t>(got) < page.size()) {
        return std::string(page.data(), static_cast<std::size_t>(got));
    }
    for (std::size_t size = 4 * piece; got >= 0 && size <= longest_sysctl; size *= 4) {
        std::string text(size, '\0');
        got = read_from_start(file, text);
        if (got >= 0 && static_cast<std::size_t>(got) < size) {
            text.resize(static_cast<std::size_t>(got));
            return text;
        }
    }
    return kernel_failure("read " + path, got < 0 ? errno : EFBIG);
}

Result<std::string> whole_text(const Descriptor& file, const std::string& path) {
    const bool is_one_value = holds_one_value(path);
    std::string text;
    std::array<char, piece> buffer;
    while (true) {
        const ssize_t got = ::read(file.number(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return kernel_failure("read " + path, errno);
        }
        const auto size = static_cast<std::size_t>(got);
        if (text.size() + size > size_limit) {
            return kernel_failure("read " + path, EFBIG);
        }
        text.append(buffer.data(), size);
        if (size == 0 || (is_one_value && size < buffer.size())) {
            return text;
        }
        if (is_sysctl(path)) {
            return text_from_start(file, path);
        }
    }
}

}  // namespace nanotune
