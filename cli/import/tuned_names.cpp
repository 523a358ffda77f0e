// Which profiles of TuneD's there are.
#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include "tuned_profile.hpp"

namespace nanotune::cli {

std::vector<std::string> tuned_profile_names_below(const std::string& root) {
    std::vector<std::string> names;
    for (const std::string_view folder : tuned_folders) {
        std::error_code error;
        for (std::filesystem::directory_iterator entry(fmt::format("{}{}", root, folder), error),
             end;
             !error && entry != end; entry.increment(error)) {
            std::error_code missing;
            if (std::filesystem::exists(entry->path() / tuned_file, missing)) {
                names.push_back(entry->path().filename().string());
            }
        }
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

}  // namespace nanotune::cli
