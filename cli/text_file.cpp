#include "text_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

namespace nanotune::cli {

namespace {

struct Closing {
    void operator()(std::FILE* file) const noexcept {
        // Reading, or closed by hand after writing: nothing is lost here.
        static_cast<void>(std::fclose(file));  // NOLINT(cppcoreguidelines-owning-memory)
    }
};
using File = std::unique_ptr<std::FILE, Closing>;

/// Without waiting for a pipe's other end.
File opened(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    File file(descriptor < 0 ? nullptr : ::fdopen(descriptor, "r"));
    if (!file && descriptor >= 0) {
        ::close(descriptor);
    }
    return file;
}

using Clock = std::chrono::steady_clock;

std::optional<Clock::time_point> end_of(std::chrono::milliseconds patience) {
    return patience == std::chrono::milliseconds::max() ? std::nullopt
                                                        : std::optional(Clock::now() + patience);
}

/// Until there is something to read, or nobody left to write it. Errors: timed_out.
Status awaited(const File& file, const std::string& path, std::optional<Clock::time_point> end) {
    for (;;) {
        int wait = -1;
        if (end) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(*end - Clock::now()).count();
            wait = static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000));
        }
        pollfd waiting{.fd = ::fileno(file.get()), .events = POLLIN, .revents = 0};
        const int found = ::poll(&waiting, 1, wait);
        if (found > 0) {
            return {};
        }
        if (found < 0) {
            return kernel_failure("wait for " + path, errno);
        }
        if (end && Clock::now() >= *end) {
            return failure(ErrorCode::timed_out,
                           fmt::format("read {}: nobody wrote to it, or not to the end", path));
        }
    }
}

}  // namespace

Status write_text_file(const std::string& asked, std::string_view text) {
    // A link's target is written, not the link; a device or pipe takes the text as it is.
    std::error_code no_such;
    const std::filesystem::path found = std::filesystem::canonical(asked, no_such);
    const std::string path = no_such ? asked : found.string();
    if (!no_such && !std::filesystem::is_regular_file(found, no_such)) {
        File device(std::fopen(path.c_str(), "we"));
        const bool is_taken =
            device && std::fwrite(text.data(), 1, text.size(), device.get()) == text.size();
        if (!is_taken || std::fclose(device.release()) != 0) {
            return kernel_failure("write " + path, errno);
        }
        return {};
    }
    const std::string beside = fmt::format("{}.{}.new", path, ::getpid());
    File file(std::fopen(beside.c_str(), "wxe"));
    if (!file) {
        return kernel_failure("write " + path, errno);
    }
    const bool is_written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
    const bool is_closed = std::fclose(file.release()) == 0;
    if (!is_written || !is_closed || std::rename(beside.c_str(), path.c_str()) != 0) {
        auto problem = kernel_failure("write " + path, errno);
        static_cast<void>(std::remove(beside.c_str()));
        return problem;
    }
    return {};
}

std::optional<char> first_character(const std::string& path) {
    const File file(std::fopen(path.c_str(), "re"));
    const int character = file ? std::fgetc(file.get()) : EOF;
    return character == EOF ? std::nullopt : std::optional(static_cast<char>(character));
}

Status may_be_written(const std::string& file, const OwnText& own) {
    if (file.empty()) {
        return failure(ErrorCode::invalid,
                       fmt::format("{}: the name of a file is missing", own.option));
    }
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
        const auto folder = std::filesystem::path(file).parent_path();
        return folder.empty() || std::filesystem::is_directory(folder, error)
                   ? Status()
                   : failure(ErrorCode::not_found, fmt::format("{} {}: there is no folder {}",
                                                               own.option, file, folder.string()));
    }
    const auto there = read_text_file(file, own.limit);
    if (there && (there->empty() || own.is_own(*there))) {
        return {};
    }
    return failure(ErrorCode::invalid, fmt::format("{} {}: it holds something else than {}, "
                                                   "and is left",
                                                   own.option, file, own.what));
}

Result<std::string> read_text_file(const std::string& path, std::size_t limit,
                                   std::chrono::milliseconds patience) {
    const auto end = end_of(patience);
    const File file = opened(path);
    if (!file) {
        return kernel_failure("read " + path, errno);
    }
    std::string text;
    char buffer[16384];
    for (;;) {
        NT_CHECK(awaited(file, path, end));
        const ssize_t count = ::read(::fileno(file.get()), buffer, sizeof buffer);
        if (count == 0) {
            return text;
        }
        if (count > 0) {
            text.append(buffer, static_cast<std::size_t>(count));
        } else if (errno != EAGAIN && errno != EINTR) {
            return kernel_failure("read " + path, errno);
        }
        if (text.size() > limit) {
            return failure(ErrorCode::io, fmt::format("{}: larger than {} MiB: not read", path,
                                                      limit / (1024UL * 1024UL)));
        }
    }
}

}  // namespace nanotune::cli
