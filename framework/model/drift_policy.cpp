#include "drift_policy.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace nanotune {

namespace {

constexpr std::array<std::pair<DriftPolicy, std::string_view>, 3> policy_words = {
    {{DriftPolicy::warn, "warn"}, {DriftPolicy::repair, "repair"}, {DriftPolicy::yield, "yield"}}};

}  // namespace

std::string_view name_of(DriftPolicy policy) noexcept {
    const auto* const found =
        std::ranges::find(policy_words, policy, &std::pair<DriftPolicy, std::string_view>::first);
    return found == policy_words.end() ? std::string_view() : found->second;
}

std::optional<DriftPolicy> drift_policy_named(std::string_view word) noexcept {
    const auto* const found =
        std::ranges::find(policy_words, word, &std::pair<DriftPolicy, std::string_view>::second);
    return found == policy_words.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace nanotune
