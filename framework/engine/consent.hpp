// What must hold before the first write: that the operator allows what a change does to the host,
// and that this process may write it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/survey.hpp"
#include "model/report.hpp"
#include "model/requests.hpp"

namespace nanotune {

/// The fact of a candidate that could not be listed, so that nobody knows who depends on it.
inline constexpr std::string_view unlisted_fact = "unlisted";

/// What a change of the NIC that the operator depends on, or may depend on, needs besides; "" for
/// any other.
[[nodiscard]] std::string why_management(const Change& change);

/// The words of --allow that a change of the setting on the target needs: "drops,management"; ""
/// for none.
[[nodiscard]] std::string allow_words(const Tunable& tunable, const Candidate& candidate);

/// What stands against a change, whatever the words of --allow.
struct Objection {
    std::string why;         ///< "" where nothing does
    bool is_barred = false;  ///< by the profile: no consent lets the change through
};
[[nodiscard]] Objection objection_to(const Change& change, const std::vector<Impact>& forbidden);

/// Changes that the operator has not allowed, each saying which word allows it. Checks are never
/// written.
[[nodiscard]] std::vector<Row> missing_consent(const std::vector<Change>& changes,
                                               const Consent& consent,
                                               const std::vector<Impact>& forbidden);

/// What this process may not write, each naming the capability or mode.
[[nodiscard]] Problems missing_permissions(std::span<const Plan> stages, Survey& survey);

}  // namespace nanotune
