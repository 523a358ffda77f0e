#include "service/host_config.hpp"

#include "system/storage/storage.hpp"

namespace nanotune {

Result<std::optional<HostFile>> read_host_file(const std::string& path) {
    auto text = read_file(path, profile_size_limit);
    if (!text && text.error().code == ErrorCode::not_found) {
        return std::nullopt;
    }
    if (!text) {
        return std::unexpected(std::move(text).error());
    }
    auto file = host_file_of({.file = path, .text = *std::move(text)});
    if (file) {
        return *std::move(file);
    }
    std::string all;
    for (const Error& problem : file.error()) {
        all += (all.empty() ? "" : "; ") + problem.message;
    }
    return failure(ErrorCode::invalid, std::move(all));
}

}  // namespace nanotune
