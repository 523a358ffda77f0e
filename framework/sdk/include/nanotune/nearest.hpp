// "Did you mean": the known word closest to one that is not known.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace nanotune {

/// The nearest of `known` by edit distance (transpositions count once), or "" if none is near
/// enough to be meant (distance over a third of the longer word, but at least 1).
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> known);

/// "; did you mean X?" or "" where nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace nanotune
