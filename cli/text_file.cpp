#include "text_file.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/core.h>

namespace nanotune::cli {

namespace {

struct Closing {
    void operator()(std::FILE* file) const noexcept {
        // Reading, or closed by hand after writing: nothing is lost here.
        static_cast<void>(std::fclose(file));  // NOLINT(cppcoreguidelines-owning-memory)
    }
};
using File = std::unique_ptr<std::FILE, Closing>;

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
    const std::string beside = path + ".new";
    File file(std::fopen(beside.c_str(), "we"));
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

Result<std::string> read_text_file(const std::string& path, std::size_t limit) {
    const File file(std::fopen(path.c_str(), "re"));
    if (!file) {
        return kernel_failure("read " + path, errno);
    }
    std::string text;
    char buffer[16384];
    for (;;) {
        const std::size_t count = std::fread(buffer, 1, sizeof buffer, file.get());
        text.append(buffer, count);
        if (text.size() > limit) {
            return failure(ErrorCode::io, fmt::format("{}: larger than {} MiB: not read", path,
                                                      limit / (1024UL * 1024UL)));
        }
        if (count < sizeof buffer) {
            break;
        }
    }
    if (std::ferror(file.get()) != 0) {
        return kernel_failure("read " + path, errno);
    }
    return text;
}

}  // namespace nanotune::cli
