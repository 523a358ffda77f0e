#include "profile_changes.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/merge.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t changes_shown = 4;

using Said = std::map<std::string, std::string>;

std::string place_in(const ResolvedSection& section, std::string_view key) {
    return fmt::format("{}.{}{}{}", section.plugin->name, key,
                       section.selector.text.empty() ? "" : " of ", section.selector.text);
}

/// Every word of it by its name.
Said all_of(const ResolvedProfile& profile) {
    Said said = {{"cpus.housekeeping", profile.housekeeping.text},
                 {"cpus.irq", profile.irq.text},
                 {"cpus.datapath", profile.datapath.text},
                 {"cpus.isolated", profile.isolated.text},
                 {"on_failure", profile.keep_on_failure ? "keep" : "rollback"},
                 {"drift", profile.drift ? std::string(name_of(*profile.drift)) : ""}};
    for (const Impact impact : profile.forbidden) {
        said["forbid"] += fmt::format("{} ", name_of(impact));
    }
    for (const ResolvedSection& section : profile.sections) {
        for (const ResolvedSetting& setting : section.settings) {
            said[place_in(section, setting.key)] +=
                fmt::format("{}{}{}{} ", selector_text(section.selector), value_text(setting),
                            setting.optional ? " optional" : "",
                            setting.drift ? name_of(*setting.drift) : std::string_view());
        }
        for (const ResolvedUnset& unset : section.unset) {
            said[place_in(section, unset.key)] += "unset ";
        }
    }
    return said;
}

}  // namespace

std::string changes_between(const ResolvedProfile& before, const ResolvedProfile& now) {
    const Said was = all_of(before);
    Said is = all_of(now);
    std::vector<std::string> names;
    for (const auto& [name, text] : was) {
        const auto found = is.find(name);
        if (found == is.end() || found->second != text) {
            names.push_back(name);
        }
        is.erase(name);
    }
    for (const auto& [name, text] : is) {
        names.push_back(name);
    }
    const std::size_t more = names.size() - std::min(names.size(), changes_shown);
    names.resize(names.size() - more);
    return more == 0 ? fmt::format("{}", fmt::join(names, ", "))
                     : fmt::format("{} and {} more", fmt::join(names, ", "), more);
}

}  // namespace nanotune::cli
