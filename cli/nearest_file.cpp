#include "nearest_file.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/core.h>

#include <nanotune/nearest.hpp>

namespace nanotune::cli {

std::string did_you_mean_file(const std::string& path, std::string_view ending) {
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    const std::string name = path.substr(folder.size());
    std::vector<std::string> there;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder.empty() ? "." : folder, error), end;
         !error && entry != end; entry.increment(error)) {
        std::error_code unknown;
        if (entry->is_regular_file(unknown)) {
            there.push_back(entry->path().filename().string());
        }
    }
    std::ranges::sort(there);
    const std::string ended = fmt::format("{}{}", name, ending);
    const bool is_without_ending = ended != name && std::ranges::binary_search(there, ended);
    const std::string meant = is_without_ending ? ended : nearest(name, there);
    return meant.empty() ? std::string() : fmt::format("; did you mean {}{}?", folder, meant);
}

Error with_nearest_file(Error error, const std::string& path, std::string_view ending) {
    if (error.code == ErrorCode::not_found) {
        error.message += did_you_mean_file(path, ending);
    }
    return error;
}

}  // namespace nanotune::cli
