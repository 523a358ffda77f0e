#include "service/given_profile.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <utility>

#include <fmt/core.h>

namespace nanotune {

namespace {

std::string path_of(std::string_view name, std::string_view from) {
    const std::string_view folder = from.substr(0, from.rfind('/') + 1);
    return name.starts_with('/') ? std::string(name) : fmt::format("{}{}", folder, name);
}

}  // namespace

bool is_given_by_path(std::string_view profile) {
    return profile.contains('/') || profile.ends_with(".toml");
}

Result<std::vector<GivenFile>> given_files(std::string_view profile, const ProfileSource& files) {
    std::vector<GivenFile> given;
    if (!is_given_by_path(profile)) {
        return given;
    }
    std::size_t bytes = 0;
    Status fits;
    std::string missing;  // what is wrong with a file that only the client could give
    const ProfileSource collecting = [&](std::string_view name,
                                         std::string_view from) -> Result<ProfileText> {
        auto read = files(name, from);
        // What a file of the daemon's leads to it opens itself.
        const bool is_ours =
            from.empty() || std::ranges::find(given, from, &GivenFile::label) != given.end();
        if (!read && is_ours && is_given_by_path(name) && missing.empty()) {
            missing = read.error().message;
        }
        NT_TRY(ProfileText found, std::move(read));
        std::string path = path_of(name, from);
        if (!is_given_by_path(name) ||
            std::ranges::find(given, path, &GivenFile::path) != given.end()) {
            return found;
        }
        bytes += found.text.size();
        if (given.size() == given_files_limit || bytes > given_bytes_limit) {
            fits = failure(ErrorCode::exhausted,
                           fmt::format("{}: with what it extends more than {} files or {} MiB",
                                       profile, given_files_limit, given_bytes_limit >> 20U));
        } else {
            given.push_back({.path = std::move(path), .label = found.file, .text = found.text});
        }
        return found;
    };
    NT_CHECK(files(profile, ""));
    const auto loaded = loaded_profile(profile, collecting, {});
    NT_CHECK(fits);
    for (const Error& problem : loaded ? loaded->missing : loaded.error()) {
        if (!missing.empty() && problem.message.contains(missing)) {
            return std::unexpected(problem);
        }
    }
    return given;
}

ProfileSource given_or_named(std::vector<GivenFile> files, ProfileSource named) {
    // Files that were found by a name, and may lead to others by paths.
    const auto own = std::make_shared<std::set<std::string, std::less<>>>();
    return [files = std::move(files), named = std::move(named), own](
               std::string_view name, std::string_view from) -> Result<ProfileText> {
        // A client may call its file as it likes, also like one of ours.
        const bool is_from_given = std::ranges::find(files, from, &GivenFile::label) != files.end();
        if (!is_given_by_path(name) || (!is_from_given && own->contains(from))) {
            NT_TRY(ProfileText found, named(name, from));
            own->insert(found.file);
            return found;
        }
        const auto found = std::ranges::find(files, path_of(name, from), &GivenFile::path);
        if (found == files.end()) {
            return failure(ErrorCode::not_found,
                           fmt::format("{}: not among the files that were given, and the daemon "
                                       "opens no path",
                                       path_of(name, from)));
        }
        return ProfileText{.file = found->label, .text = found->text};
    };
}

}  // namespace nanotune
