// What is done about a setting that somebody else has changed: the words of it, for the host's file
// and for profiles.
#pragma once

#include <optional>
#include <string_view>

namespace nanotune {

enum class DriftPolicy {
    warn,    ///< said, nothing else
    repair,  ///< put back where that disturbs nothing, a few times, and then left
    yield,   ///< left to whoever changed it, and not looked at again
};
[[nodiscard]] std::string_view name_of(DriftPolicy policy) noexcept;
/// The other way; nothing for what is no policy.
[[nodiscard]] std::optional<DriftPolicy> drift_policy_named(std::string_view word) noexcept;
/// What messages say that is expected.
inline constexpr std::string_view drift_policy_words = R"("warn", "repair" or "yield")";

}  // namespace nanotune
