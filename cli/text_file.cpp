#include "text_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>

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

/// Open for reading until the end of its life, and without waiting for a pipe's other end.
class Input {
  public:
    explicit Input(const std::string& path)
        : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
    ~Input() {
        if (is_open()) {
            ::close(number_);
        }
    }
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;
    Input(Input&&) = delete;
    Input& operator=(Input&&) = delete;

    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    /// As read(2).
    [[nodiscard]] ssize_t read(std::span<char> into) const {
        return ::read(number_, into.data(), into.size());
    }
    /// As poll(2).
    [[nodiscard]] int await(int milliseconds) const {
        pollfd waiting{.fd = number_, .events = POLLIN, .revents = 0};
        return ::poll(&waiting, 1, milliseconds);
    }

  private:
    int number_;
};

using Clock = std::chrono::steady_clock;

std::optional<Clock::time_point> end_of(std::chrono::milliseconds patience) {
    return patience == std::chrono::milliseconds::max() ? std::nullopt
                                                        : std::optional(Clock::now() + patience);
}

/// Until there is something to read, or nobody left to write it. Errors: timed_out.
Status awaited(const Input& file, const std::string& path, std::optional<Clock::time_point> end) {
    for (;;) {
        int wait = -1;
        if (end) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(*end - Clock::now()).count();
            wait = static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000));
        }
        const int found = file.await(wait);
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
    const Input file(path);
    char first = '\0';
    return file.is_open() && file.read({&first, 1}) == 1 ? std::optional(first) : std::nullopt;
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
    const Input file(path);
    if (!file.is_open()) {
        return kernel_failure("read " + path, errno);
    }
    std::string text;
    char buffer[4096];
    // At the other end of a pipe that has nothing to read somebody may come yet.
    bool is_awaited = false;
    for (;;) {
        const ssize_t count = file.read(buffer);
        if (count == 0 && (is_awaited || !text.empty())) {
            return text;
        }
        if (count < 0 && errno != EAGAIN && errno != EINTR) {
            return kernel_failure("read " + path, errno);
        }
        if (count <= 0) {
            NT_CHECK(awaited(file, path, end));
            is_awaited = true;
            continue;
        }
        text.append(buffer, static_cast<std::size_t>(count));
        if (text.size() > limit) {
            return failure(ErrorCode::io, fmt::format("{}: larger than {} MiB: not read", path,
                                                      limit / (1024UL * 1024UL)));
        }
    }
}

}  // namespace nanotune::cli
