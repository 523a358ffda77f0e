// A profile of TuneD's with all that it includes, merged as TuneD merges.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tuned_words.hpp"

namespace nanotune::cli {

struct TunedOption {
    std::string name;
    std::string value;   ///< expanded
    std::string origin;  ///< "/usr/lib/tuned/balanced/tuned.conf:14"
};

/// A section: what one plugin of TuneD's is to do with some devices.
struct TunedUnit {
    std::string name;
    std::string type;  ///< the plugin; the section's name where it says nothing else
    std::string devices = "*";
    std::string devices_udev_regex = {};
    std::string uname_regex = {};
    std::string cpuinfo_regex = {};
    std::string origin = {};
    bool is_enabled = true;
    std::vector<TunedOption> options = {};

    [[nodiscard]] TunedOption* find(std::string_view option);
};

struct TunedProfile {
    std::string summary;
    std::vector<TunedUnit> units;  ///< in the order in which they first appear
    std::vector<LeftOut> unread;   ///< what TuneD cannot read either
};

/// Where profiles are looked for by their names, in this order.
inline constexpr std::string_view tuned_folders[] = {"/etc/tuned", "/etc/tuned/profiles",
                                                     "/usr/lib/tuned", "/usr/lib/tuned/profiles"};
/// What a profile's folder has.
inline constexpr std::string_view tuned_file = "tuned.conf";

/// The names of the profiles that are there, sorted, each once. `root` stands before their folders.
[[nodiscard]] std::vector<std::string> tuned_profile_names_below(const std::string& root);

/// The profiles that TuneD works by: what tuned-adm was told, and what is loaded after it. `read`
/// is asked for its files. Errors: not_found where it works by none.
[[nodiscard]] Result<std::vector<std::string>> active_tuned_profiles(const HostReader& read);

/// Reads profiles by their names, or by the paths of their files or folders, and merges them in
/// order, as TuneD does with several. `read` is also asked for these. Errors: not_found, naming who
/// includes it and the nearest of `known`; invalid for profiles that include each other; refused,
/// by an assertion of the profile's.
[[nodiscard]] Result<TunedProfile> tuned_profile(const std::vector<std::string>& names,
                                                 const HostReader& read, const TunedHost& host,
                                                 const std::vector<std::string>& known = {});

}  // namespace nanotune::cli
