#include "engine/drift_notes.hpp"

#include <fmt/format.h>

namespace nanotune {

namespace {

constexpr std::size_t drifts_shown = 4;

std::string the_first_of(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < drifts_shown; ++i) {
        text += fmt::format("{}{}", i == 0 ? "" : ", ", names[i]);
    }
    return names.size() > drifts_shown
               ? fmt::format("{} and {} more", text, names.size() - drifts_shown)
               : text;
}

}  // namespace

DriftWords::DriftWords(const ResolvedProfile& profile) : usual_(profile.drift) {
    for (const ResolvedSection& section : profile.sections) {
        for (const ResolvedSetting& setting : section.settings) {
            if (!setting.drift) {
                continue;
            }
            by_place_.emplace(setting.origin.text(), *setting.drift);
            for (const ResolvedRow& row : setting.rows) {
                for (const ResolvedSetting& column : row.columns) {
                    by_place_.emplace(column.origin.text(), *setting.drift);
                }
            }
        }
    }
}

std::optional<DriftPolicy> DriftWords::at(const Origin& origin) const {
    const auto found = by_place_.empty() ? by_place_.end() : by_place_.find(origin.text());
    return found == by_place_.end() ? usual_ : found->second;
}

void DriftNotes::add(std::string_view setting, std::string_view target,
                     std::optional<DriftPolicy> policy) {
    if (policy == DriftPolicy::repair) {
        repaired_.push_back(fmt::format("{} on {}", setting, target));
    } else if (policy == DriftPolicy::yield) {
        yielded_.push_back(fmt::format("{} on {}", setting, target));
    }
}

std::vector<std::string> DriftNotes::notes() const {
    std::vector<std::string> notes;
    if (!repaired_.empty()) {
        notes.push_back(fmt::format(
            "drift = \"repair\": what others change of it nanotuned puts back, where that disturbs "
            "nobody: {}",
            the_first_of(repaired_)));
    }
    if (!yielded_.empty()) {
        notes.push_back(fmt::format("drift = \"yield\": left to whoever changes it: {}",
                                    the_first_of(yielded_)));
    }
    return notes;
}

}  // namespace nanotune
