#include "engine/plan_report.hpp"

#include <fmt/format.h>

#include "engine/check.hpp"
#include "engine/consent.hpp"
#include "engine/writer.hpp"
#include "model/planned_devices.hpp"

namespace nanotune {
namespace {

void add_words(std::string& message, const std::string& words) {
    message += message.empty() || words.empty() ? words : "; " + words;
}

}  // namespace

Report report_of(const Plan& plan, std::string_view verb) {
    Report report;
    report.verb = verb;
    report.profile = plan.profile;
    report.profile_hash = plan.profile_hash;
    report.rows.reserve(plan.changes.size() + plan.unchanged.size() + plan.overridden.size() +
                        plan.unsupported.size() + plan.waiting.size());
    for (const Change& change : plan.changes) {
        report.rows.push_back(row_of(change, is_written(change)
                                                 ? Outcome::not_done
                                                 : failed_check(*change.desired.setting.tunable)));
        if (!change.known_after.empty()) {
            report.rows.back().message = fmt::format("known after {}", change.known_after);
        }
        if (is_written(change)) {
            const Objection objection = objection_to(change, plan.forbidden);
            add_words(report.rows.back().message, objection.why);
            report.rows.back().is_barred = objection.is_barred;
        }
    }
    for (const Change& change : plan.unchanged) {
        report.rows.push_back(
            row_of(change, change.desired.pending ? Outcome::pending : Outcome::unchanged));
    }
    for (const Change& change : plan.overridden) {
        report.rows.push_back(row_of(change, Outcome::overridden));
    }
    for (const Change& change : plan.unsupported) {
        report.rows.push_back(row_of(change, Outcome::unsupported));
    }
    for (const Waiting& waiting : plan.waiting) {
        report.rows.push_back(
            {.setting = waiting.setting,
             .target = waiting.target,
             .before = {},
             .wanted = waiting.wanted,
             .got = {},
             .outcome = waiting.is_unsupported ? Outcome::unsupported : Outcome::pending,
             .origin = waiting.origin,
             .message = waiting.message});
    }
    report.notes = plan.warnings;
    report.devices = planned_devices(plan);
    return report;
}

}  // namespace nanotune
