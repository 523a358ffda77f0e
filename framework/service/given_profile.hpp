// A profile that a client holds in files of its own, so that a daemon need open no path: the client
// collects what the profile and its `extends` reach by a path, the daemon reads it from there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/profile.hpp"

namespace nanotune {

/// One file of it.
struct GivenFile {
    std::string path;   ///< as it is asked for: the profile's own name, or as `extends` leads to it
    std::string label;  ///< what messages call it
    std::string text;
};

/// At most so many files, and so many bytes of all of them.
inline constexpr std::size_t given_files_limit = 12;  // a message of a bus carries 16 descriptors
inline constexpr std::size_t given_bytes_limit = profile_size_limit;

/// Whether it is a path rather than a name to search for.
[[nodiscard]] bool is_given_by_path(std::string_view profile);

/// What `profile` reaches by paths, itself first; empty for one that is searched by its name. What
/// is missing or broken is left to whoever loads it. Errors: not_found, denied, io for its own
/// file; exhausted over the limits.
[[nodiscard]] Result<std::vector<GivenFile>> given_files(std::string_view profile,
                                                         const ProfileSource& files);

/// Finds paths among `files` alone, and names by `named`, which also finds the paths that what it
/// found extends. For one profile at a time.
[[nodiscard]] ProfileSource given_or_named(std::vector<GivenFile> files, ProfileSource named);

}  // namespace nanotune
