// What else a change takes away, by what its setting declares.
#pragma once

#include <string_view>
#include <vector>

#include <nanotune/target.hpp>
#include <nanotune/tunable.hpp>

namespace nanotune {

/// Full names of what a change of `tunable` on `candidate` resets.
[[nodiscard]] inline std::vector<std::string_view> resets_of(const Tunable& tunable,
                                                             const Candidate& candidate) {
    std::vector<std::string_view> names = words_of(tunable.resets);
    if (!candidate.is_virtual()) {
        const std::vector<std::string_view> more = words_of(tunable.resets_on_bus);
        names.insert(names.end(), more.begin(), more.end());
    }
    return names;
}

[[nodiscard]] inline bool resets_anything(const Tunable& tunable, const Candidate& candidate) {
    return !tunable.resets.empty() || (!tunable.resets_on_bus.empty() && !candidate.is_virtual());
}

/// Of a target of which no more is known than its name.
[[nodiscard]] inline std::vector<std::string_view> all_resets_of(const Tunable& tunable) {
    return resets_of(tunable, {});
}

}  // namespace nanotune
