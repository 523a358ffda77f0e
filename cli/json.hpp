// What every verb prints with --json, and the file of a saved plan, which is the same document.
// docs/json.md describes the shape; the number `version` in it is raised when a reader could break.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/requests.hpp"

namespace nanotune::cli {

/// A larger file is no plan of ours.
inline constexpr std::size_t plan_size_limit = 64UL * 1024 * 1024;

/// A plan that was written to a file.
struct SavedPlan {
    ProfileRequest request;
    std::string fingerprint;
    Report plan;
};

/// All documents end with a newline.
[[nodiscard]] std::string json_of(const Report& report);
/// A plan with what is needed to apply it later.
[[nodiscard]] std::string json_of(const SavedPlan& plan);
[[nodiscard]] std::string json_of(const HostStatus& status, Exit exit);
[[nodiscard]] std::string json_of(std::string_view verb, const std::vector<KeyInfo>& keys);
/// `nanotune version`; problems are what kept the plugins from being looked at.
[[nodiscard]] std::string json_of_version(std::string_view version,
                                          const std::vector<PluginInfo>& plugins,
                                          const Problems& problems, int status);
/// One text under one name: a captured profile, a command line.
[[nodiscard]] std::string json_of(std::string_view verb, std::string_view name,
                                  std::string_view text);
/// A kernel command line, whole and in its arguments.
[[nodiscard]] std::string json_of_boot(std::string_view line,
                                       const std::vector<std::string>& arguments);
/// One event in one line.
[[nodiscard]] std::string json_of_event(
    std::string_view at, const std::vector<std::pair<std::string, std::string>>& event);
/// What kept a verb from running, or what is wrong with a profile.
[[nodiscard]] std::string json_of(std::string_view verb, const Problems& problems, int exit);
/// `nanotune profile check` of one that nothing is wrong with.
[[nodiscard]] std::string json_of_check(const std::vector<std::string>& notes);

/// Reads what json_of(SavedPlan) wrote. Errors: invalid (no plan), damaged, unsupported (another
/// version), conflict (rows and fingerprint do not belong together).
[[nodiscard]] Result<SavedPlan> saved_plan_of(std::string_view text);

}  // namespace nanotune::cli
