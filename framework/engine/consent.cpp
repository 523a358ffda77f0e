#include "engine/consent.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/check.hpp"
#include "engine/writer.hpp"

namespace nanotune {
namespace {

/// Whether a change needs nobody's consent.
bool is_free(const Tunable& tunable) {
    return tunable.impact == Impact::none || tunable.impact == Impact::needs_reboot ||
           tunable.check_only;
}

bool is_forbidden(const Change& change, const std::vector<Impact>& forbidden) {
    const Tunable& tunable = *change.desired.setting.tunable;
    return !is_free(tunable) && std::ranges::find(forbidden, tunable.impact) != forbidden.end();
}

/// An exact name and --allow management let it through. A sysctl of a device has that in its own.
bool lacks_name(const Change& change) {
    const Candidate& candidate = change.desired.candidate;
    return !change.desired.by_exact_name && !candidate.device.empty() &&
           candidate.fact(unlisted_fact).empty();
}

std::string why_not_allowed(const Change& change, const Objection& objection,
                            const Consent& consent) {
    if (objection.is_barred || (!objection.why.empty() && !consent.management)) {
        return objection.why;
    }
    const Tunable& tunable = *change.desired.setting.tunable;
    return is_free(tunable) || consent.allows(tunable.impact)
               ? std::string()
               : fmt::format("needs --allow {}", name_of(tunable.impact));
}

void add_missing_permissions(Problems& missing, const std::vector<Change>& changes,
                             System& system) {
    for (const Change& change : changes) {
        if (!is_written(change) || change.desired.coming) {
            continue;
        }
        const SettingRef& setting = change.desired.setting;
        const Target& target = change.desired.candidate->target;
        if (auto may = setting.bank->may_write(system, target, *setting.tunable); !may) {
            missing.push_back(std::move(may).error().within(
                fmt::format("{}: {}", change.desired.origin.text(), text_of(setting, target))));
        }
    }
}

}  // namespace

std::string allow_words(const Tunable& tunable, const Candidate& candidate) {
    if (is_free(tunable)) {
        return {};
    }
    const bool is_managed =
        !candidate.fact("management").empty() || !candidate.fact(unlisted_fact).empty();
    return fmt::format("{}{}", name_of(tunable.impact), is_managed ? ",management" : "");
}

std::string why_management(const Change& change) {
    if (is_free(*change.desired.setting.tunable)) {
        return {};
    }
    if (!change.desired.candidate->fact(unlisted_fact).empty()) {
        return fmt::format(
            "whether {} carries the default route or this session could not be "
            "read: needs --allow management",
            change.desired.candidate->target.name);
    }
    const Candidate& candidate = change.desired.candidate;
    const std::string_view management = candidate.fact("management");
    if (management.empty()) {
        return {};
    }
    return fmt::format(
        "{} carries {}{}: {}",
        candidate.device.empty() ? candidate.identity.name : candidate.device,
        management.starts_with("your ") ? "" : "the ", management,
        lacks_name(change) ? "the profile must name it exactly" : "needs --allow management");
}

Objection objection_to(const Change& change, const std::vector<Impact>& forbidden) {
    if (is_forbidden(change, forbidden)) {
        return {.why = fmt::format("the profile forbids what {}",
                                   name_of(change.desired.setting.tunable->impact)),
                .is_barred = true};
    }
    std::string why = why_management(change);
    const bool is_barred = !why.empty() && lacks_name(change);
    return {.why = std::move(why), .is_barred = is_barred};
}

std::vector<Row> missing_consent(const std::vector<Change>& changes, const Consent& consent,
                                 const std::vector<Impact>& forbidden) {
    std::vector<Row> rows;
    for (const Change& change : changes) {
        if (!is_written(change)) {
            continue;
        }
        const Objection objection = objection_to(change, forbidden);
        if (std::string why = why_not_allowed(change, objection, consent); !why.empty()) {
            rows.push_back(row_of(change, Outcome::refused));
            rows.back().message = std::move(why);
            rows.back().is_barred = objection.is_barred;
        }
    }
    return rows;
}

Problems missing_permissions(std::span<const Plan> stages, Survey& survey) {
    auto problems = survey.calls().ask("checking permissions", [stages](System& system) {
        Problems missing;
        for (const Plan& stage : stages) {
            add_missing_permissions(missing, stage.changes, system);
        }
        return missing;
    });
    return problems ? *std::move(problems) : Problems{std::move(problems).error()};
}

}  // namespace nanotune
