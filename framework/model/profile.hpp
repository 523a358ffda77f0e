// The profile as its author wrote it: layers of TOML files, every value with its place. Knows
// neither plugins nor the host.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nanotune/input.hpp>
#include <nanotune/tunable.hpp>

#include "findings.hpp"
#include "problems.hpp"

namespace nanotune {

/// A key of a TOML table: with its value or, where that is a table (inline or not), what stands in
/// it, in the author's order.
struct ProfileNode {
    std::string key;
    Origin origin;               ///< of the key
    std::optional<Input> value;  ///< nothing for a table
    std::vector<ProfileNode> nodes;

    [[nodiscard]] bool is_table() const { return !value; }
    /// The node of that name below this one, or nullptr.
    [[nodiscard]] const ProfileNode* find(std::string_view name) const;
};

/// One file.
struct Layer {
    std::string file;
    std::string summary;
    std::vector<std::pair<std::string, Origin>> extends;
    std::vector<std::pair<std::string, Input>> variables;  ///< [vars]
    std::vector<std::pair<std::string, Input>> cpus;       ///< [cpus]
    std::vector<ProfileNode> tables;  ///< one a plugin, exactly as written (no variables put in)
    std::string on_failure = "rollback";  ///< or "keep"
    std::vector<Impact> forbidden;  ///< [profile] forbid = ["bounces"]: what --allow cannot grant
    /// Wrong shapes in [profile], [vars] and [cpus]. resolved() reports them together with its own.
    std::vector<Finding> findings;
};

/// NAME=VALUE of --set.
struct Override {
    std::string name;
    std::string value;
    friend bool operator==(const Override&, const Override&) = default;
};

/// The layers, what is extended first, the profile itself last.
struct Profile {
    std::string name;  ///< as it was asked for
    std::vector<Layer> layers;
    std::vector<Override> overrides;
    /// Files that it extends and that could not be read, and why: what those would have said is
    /// unknown. resolved() reports them, together with what is wrong with the others.
    Problems missing = {};

    [[nodiscard]] const Layer& top() const { return layers.back(); }
};

/// A profile's file larger than this is refused unread.
inline constexpr std::size_t profile_size_limit = std::size_t{1024} * 1024;

/// A file's name as messages show it, and its text.
struct ProfileText {
    std::string file;
    std::string text;
    std::size_t most = profile_size_limit;  ///< bytes that may be read of it
};

/// Finds a profile: `name` as a person or `extends` wrote it, `from` the file that extends it (""
/// for none). Errors: not_found with the places that were searched.
using ProfileSource =
    std::function<Result<ProfileText>(std::string_view name, std::string_view from)>;

/// One file's text as a layer. Problems: broken TOML (its syntax errors, the first ten), a file
/// over the limit.
[[nodiscard]] Checked<Layer> layer_of(const ProfileText& text);

/// The profile with everything that it extends; a file that is reached twice stands once, where it
/// was reached first. Missing and broken files and extends-cycles, at the line of the `extends`,
/// are in `missing`. Problems: only where the profile's own file is missing or broken.
[[nodiscard]] Checked<Profile> loaded_profile(std::string_view name, const ProfileSource& source,
                                              std::vector<Override> overrides);

}  // namespace nanotune
