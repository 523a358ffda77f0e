// The profile as its author wrote it: layers of TOML files, every value with its place. Knows
// neither plugins nor the host.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nanotune/input.hpp>
#include <nanotune/tunable.hpp>

#include "problems.hpp"

namespace nanotune {

/// A `key = value` of a section. Nested tables are flattened: "coalesce.rx_usecs".
struct ProfileSetting {
    std::string key;
    Input value;
    bool optional = false;  ///< { value = ..., optional = true }
    Origin origin;          ///< of the key
};

/// [plugin.selector] and what stands in it, exactly as written (variables not yet put in).
struct ProfileSection {
    std::string plugin;
    std::string first_word;  ///< the table below the plugin, "" for the plugin's own table
    std::string sub;         ///< further table and its words, reserved: "queue.0-1"; "" today
    std::optional<InputTable> match;
    std::optional<InputTable> when;
    std::vector<std::pair<std::string, Origin>> unset;
    std::vector<ProfileSetting> settings;
    Origin origin;
};

/// One file.
struct Layer {
    std::string file;
    std::string summary;
    std::vector<std::pair<std::string, Origin>> extends;
    std::vector<std::pair<std::string, Input>> variables;  ///< [vars]
    std::vector<std::pair<std::string, Input>> cpus;       ///< [cpus]
    std::vector<ProfileSection> sections;
    std::string on_failure = "rollback";  ///< or "keep"
    std::vector<Impact> forbidden;  ///< [profile] forbid = ["bounces"]: what --allow cannot grant
};

/// NAME=VALUE of --set.
struct Override {
    std::string name;
    std::string value;
};

/// The layers, what is extended first, the profile itself last.
struct Profile {
    std::string name;  ///< as it was asked for
    std::vector<Layer> layers;
    std::vector<Override> overrides;

    [[nodiscard]] const Layer& top() const { return layers.back(); }
};

/// A file's name as messages show it, and its text.
struct ProfileText {
    std::string file;
    std::string text;
};

/// Finds a profile: `name` as a person or `extends` wrote it, `from` the file that extends it (""
/// for none). Errors: not_found with the places that were searched.
using ProfileSource =
    std::function<Result<ProfileText>(std::string_view name, std::string_view from)>;

/// A profile file larger than this is refused unread.
inline constexpr std::size_t profile_size_limit = 1024 * 1024;

/// One file's text as a layer. Problems: broken TOML, wrong shapes, a file over the limit; all of
/// them.
[[nodiscard]] Checked<Layer> layer_of(const ProfileText& text);

/// The profile with everything that it extends. Problems: also missing files and extends-cycles, at
/// the line of the `extends`.
[[nodiscard]] Checked<Profile> loaded_profile(std::string_view name, const ProfileSource& source,
                                              std::vector<Override> overrides);

}  // namespace nanotune
