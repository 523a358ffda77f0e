#include "profile_files.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include <nanotune/nearest.hpp>

#include "../nearest_file.hpp"
#include "../text.hpp"
#include "../text_file.hpp"
#include "../words.hpp"

namespace nanotune::cli {

namespace {

constexpr std::string_view ending = ".toml";

struct Search {
    std::vector<std::string> folders;
    std::string working_folder;
    std::chrono::milliseconds patience;

    [[nodiscard]] Result<ProfileText> operator()(std::string_view name,
                                                 std::string_view from) const;

  private:
    [[nodiscard]] std::string shown(const std::string& path) const;
    [[nodiscard]] Result<ProfileText> opened(const std::string& path) const;
    [[nodiscard]] std::unexpected<Error> nowhere(std::string_view name) const;
};

/// As messages name the file.
std::string Search::shown(const std::string& path) const {
    const std::string inside = working_folder + "/";
    const bool is_inside = !working_folder.empty() && path.starts_with(inside);
    return is_inside ? path.substr(inside.size()) : path;
}

/// One file has one name, however it was reached, so that a circle of files closes. A ".." behind a
/// symbolic link stays, as it leads elsewhere.
std::string plain(const std::string& path) {
    const std::string shorter = std::filesystem::path(path).lexically_normal().string();
    std::error_code error;
    return shorter != path && std::filesystem::equivalent(shorter, path, error) ? shorter : path;
}

Result<ProfileText> Search::opened(const std::string& path) const {
    NT_TRY(std::string text, read_text_file(path, profile_size_limit, patience));
    return ProfileText{.file = shown(plain(path)), .text = std::move(text)};
}

std::unexpected<Error> Search::nowhere(std::string_view name) const {
    std::vector<std::string> known;
    for (const std::string& folder : folders) {
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
            if (entry.path().extension() == ending) {
                known.push_back(entry.path().stem().string());
            }
        }
    }
    std::ranges::sort(known);
    return failure(ErrorCode::not_found,
                   fmt::format("no profile is called \"{}\" in {}{}; a path has a \"/\" or ends "
                               "with .toml",
                               name, joined(folders), did_you_mean(name, known)));
}

Result<ProfileText> Search::operator()(std::string_view name, std::string_view from) const {
    if (is_path(name)) {
        const std::string_view folder = from.substr(0, from.rfind('/') + 1);
        const std::string path = name.starts_with('/') || folder.empty()
                                     ? std::string(name)
                                     : fmt::format("{}{}", folder, name);
        auto found = opened(path);
        return found ? std::move(found)
                     : Result<ProfileText>(std::unexpected(
                           with_nearest_file(std::move(found).error(), path, ending)));
    }
    for (const std::string& folder : folders) {
        auto found = opened(fmt::format("{}/{}{}", folder, name, ending));
        if (found || found.error().code != ErrorCode::not_found) {
            return found;
        }
    }
    return nowhere(name);
}

}  // namespace

ProfileSource profile_files(std::vector<std::string> folders, std::string working_folder,
                            std::chrono::milliseconds patience) {
    return Search{.folders = std::move(folders),
                  .working_folder = std::move(working_folder),
                  .patience = patience};
}

}  // namespace nanotune::cli
