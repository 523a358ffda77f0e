// Files and sub-layers that say something of one target are taken together: one may have the
// policy, another the priority.
#include "misfits.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "cpu_expression.hpp"
#include "merge.hpp"

namespace nanotune {
namespace {

/// A parameter as its rule sees it before there is a host.
Setting as_written(const ResolvedSetting& said) {
    Setting out{.parameter = said.parameter.parameter,
                .value = said.value.value_or(Value()),
                .rows = {},
                .origin = said.origin,
                .is_open = !said.value && said.rows.empty()};
    if (out.is_open && said.domain().kind == Domain::Kind::cpus) {
        out.value = CpuSet();
    } else if (out.is_open) {
        out.value = said.expression;
    }
    for (const ResolvedRow& row : said.rows) {
        Settings& cells = out.rows.emplace_back();
        for (const ResolvedSetting& cell : row.columns) {
            cells.entries.push_back(as_written(cell));
        }
    }
    return out;
}

using Sections = std::vector<ResolvedSection*>;

/// Without the settings that are wrong, which it is known to have had.
template <typename IsWrong>
void cut(const Sections& sections, IsWrong is_wrong) {
    for (ResolvedSection* section : sections) {
        // Told apart by address: nothing may move before all were asked.
        std::vector<bool> goes;
        std::ranges::transform(section->settings, std::back_inserter(goes), is_wrong);
        std::vector<ResolvedSetting> left;
        for (std::size_t i = 0; i < goes.size(); ++i) {
            if (!goes[i]) {
                left.push_back(std::move(section->settings[i]));
            }
        }
        section->is_cut = section->is_cut || left.size() < goes.size();
        section->settings = std::move(left);
    }
}

/// `sections` are one plugin's, for surely the same target.
void check_rules(const Sections& sections, std::vector<Finding>& findings) {
    for (const auto& rule : sections.front()->plugin->rules) {
        Settings said;
        for (const ResolvedSection* section : sections) {
            for (const ResolvedSetting& setting : section->settings) {
                if (setting.parameter.rule == rule.get()) {
                    said.entries.push_back(as_written(setting));
                }
            }
        }
        std::vector<Misfit> misfits = rule->misfits(said);
        for (Misfit& misfit : misfits) {
            misfit.error.message =
                fmt::format("{}: {}", sections.front()->plugin->name, misfit.error.message);
            findings.push_back({std::move(misfit.origin), std::move(misfit.error)});
        }
        if (!misfits.empty()) {
            cut(sections, [&rule](const ResolvedSetting& setting) {
                return setting.parameter.rule == rule.get();
            });
        }
    }
}

bool says_what_is_bounded(const ResolvedSection* section) {
    return std::ranges::any_of(section->settings, [](const ResolvedSetting& setting) {
        return std::ranges::any_of(
            setting.settings, [](const SettingRef& ref) { return !ref.tunable->at_most.empty(); });
    });
}

/// `sections` are for surely the same target, and may be several plugins': [sysctl] has names for
/// what is another's.
void check_bounds(const Sections& sections, std::vector<Finding>& findings) {
    if (std::ranges::none_of(sections, says_what_is_bounded)) {
        return;
    }
    std::map<std::string, std::pair<SettingRef, const ResolvedSetting*>> said;
    for (const ResolvedSection* section : sections) {
        for (const ResolvedSetting& setting : section->settings) {
            for (const SettingRef& ref : setting.settings) {
                said[ref.full_name()] = {ref, &setting};
            }
        }
    }
    std::vector<const ResolvedSetting*> wrong;
    for (const auto& [name, one] : said) {
        const auto& [ref, setting] = one;
        const auto limit = said.find(std::string(ref.tunable->at_most));
        if (limit == said.end() || !setting->value) {
            continue;
        }
        const auto& [most_ref, most] = limit->second;
        if (!most->value) {
            continue;
        }
        if (auto text = excess_over(ref, *setting->value, most_ref, *most->value, most->origin)) {
            findings.push_back({setting->origin, {ErrorCode::conflict, *std::move(text)}});
            wrong.push_back(setting);
        }
    }
    cut(sections, [&wrong](const ResolvedSetting& each) {
        return std::ranges::find(wrong, &each) != wrong.end();
    });
}

/// Lists of numbers alone: what words stand for is known on the host.
void check_roles(const ResolvedProfile& profile, std::vector<Finding>& findings) {
    const auto listed = [](const CpuRequest& request) {
        const bool is_list =
            !request.text.empty() && request.text != "auto" && !has_cpu_words(request.text);
        return is_list ? CpuSet::from_list(request.text).value_or(CpuSet()) : CpuSet();
    };
    const CpuSet both = listed(profile.isolated) & listed(profile.housekeeping);
    if (!both.empty()) {
        findings.push_back({profile.isolated.origin,
                            {ErrorCode::conflict,
                             fmt::format("cpus.isolated {} and cpus.housekeeping {} ({}) both hold "
                                         "CPU {}: an isolated CPU keeps no house",
                                         profile.isolated.text, profile.housekeeping.text,
                                         profile.housekeeping.origin.text(), both.list())}});
    }
}

}  // namespace

std::optional<std::string> excess_over(const SettingRef& setting, const Value& value,
                                       const SettingRef& limit, const Value& most,
                                       const Origin& limit_line) {
    const auto* number = std::get_if<std::int64_t>(&value);
    const auto* bound = std::get_if<std::int64_t>(&most);
    if (number == nullptr || bound == nullptr || *number <= *bound) {
        return std::nullopt;
    }
    return fmt::format("{} {} is above {} {} ({})", setting.full_name(),
                       printed(setting.tunable->domain, value), limit.full_name(),
                       printed(limit.tunable->domain, most), limit_line.text());
}

std::vector<Finding> misfits_in(ResolvedProfile& profile) {
    std::map<std::string, Sections> by_target;
    std::map<std::pair<const Plugin*, std::string>, Sections> by_plugin;
    for (ResolvedSection& section : profile.sections) {
        const std::string target = selector_text(section.selector);
        by_target[target].push_back(&section);
        by_plugin[{section.plugin, target}].push_back(&section);
    }
    std::vector<Finding> findings;
    for (const auto& [place, sections] : by_plugin) {
        check_rules(sections, findings);
    }
    for (const auto& [target, sections] : by_target) {
        check_bounds(sections, findings);
    }
    check_roles(profile, findings);
    return findings;
}

}  // namespace nanotune
