#include "engine/undo_step.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/carried.hpp"
#include "engine/devices.hpp"
#include "engine/named_after.hpp"
#include "engine/readable.hpp"
#include "engine/resets.hpp"
#include "engine/survey.hpp"

namespace nanotune {

bool is_cut_off(const Touched& touched) {
    return !touched.got && !touched.is_side_effect;
}

bool may_come_of(const Domain& domain, const Value& wanted, const Value& found) {
    if (found.index() != wanted.index()) {
        return false;
    }
    if (const auto* cpus = std::get_if<CpuSet>(&found)) {
        return (*cpus - std::get<CpuSet>(wanted)).empty();
    }
    return domain.kind != Domain::Kind::choice && domain.kind != Domain::Kind::flag;
}

std::string printed_or_nothing(const UndoStep& step, const std::optional<Value>& value) {
    if (!value) {
        return {};
    }
    return readable(step.setting.tunable == nullptr ? text() : step.setting.tunable->domain,
                    *value);
}

Row row_of(const UndoStep& step) {
    return {.setting = step.touched.key.setting,
            .target = step.touched.key.target,
            .before = printed_or_nothing(
                step, step.first ? step.first : step.touched.got.value_or(step.touched.wanted)),
            .wanted = printed_or_nothing(step, step.touched.before),
            .got = printed_or_nothing(step, step.now),
            .outcome = step.outcome,
            .impact = step.setting.tunable == nullptr ? Impact::none : step.setting.tunable->impact,
            .origin = {.file = "journal"},
            .message = step.touched.bearer.fate == Fate::here
                           ? joined(fate_of(step.touched.bearer), step.message)
                           : step.message,
            .allow = step.allow};
}

std::string left_since(const UndoStep& step, std::string_view why) {
    return fmt::format("{}, so it is left; before nanotune it was {}", why,
                       printed_or_nothing(step, step.touched.before));
}

bool brings_back(const UndoStep& cause, const UndoStep& lost) {
    if (cause.setting.tunable == nullptr) {
        return false;
    }
    const auto names = all_resets_of(*cause.setting.tunable);
    const std::string& target = lost.touched.key.target.name;  // "eth0/rx-1", or a number
    const std::string& device = cause.touched.key.target.name;
    return std::ranges::find(names, lost.touched.key.setting) != names.end() &&
           (!target.contains('/') || device.empty() || target.starts_with(device + "/"));
}

bool takes_along(const UndoStep& cause, const UndoStep& lost) {
    if (cause.setting.tunable == nullptr) {
        return false;
    }
    const auto names = words_of(cause.setting.tunable->carries);
    const Target& target = lost.touched.key.target;
    const Target& whole = cause.touched.key.target;
    return std::ranges::find(names, lost.touched.key.setting) != names.end() &&
           (target == whole || (!whole.name.empty() && target.device() == whole.name));
}

KeySet following(const std::vector<UndoStep>& steps, Stage stage, const Catalog& catalog) {
    std::vector<const Key*> wholes;
    for (const UndoStep& step : steps) {
        if (step.outcome == Outcome::not_done && step.setting.tunable != nullptr &&
            step.setting.bank->stage() == stage && reaches_devices(*step.setting.tunable)) {
            wholes.push_back(&step.touched.key);
        }
    }
    KeySet keys;
    for (const UndoStep& step : steps) {
        const Key& part = step.touched.key;
        if (step.touched.is_side_effect && std::ranges::any_of(wholes, [&](const Key* whole) {
                return carries(*whole, part, catalog);
            })) {
            keys.insert(part);
        }
    }
    return keys;
}

void foretell(std::vector<UndoStep>& steps) {
    for (UndoStep& step : steps) {
        const auto cause = std::ranges::find_if(steps, [&](const UndoStep& other) {
            return other.outcome == Outcome::not_done && brings_back(other, step);
        });
        if (step.outcome == Outcome::gone && cause != steps.end()) {
            step.outcome = Outcome::pending;
            step.message = fmt::format("gone for now; put back where restoring {} brings it back",
                                       text_of(cause->setting, cause->touched.key.target));
        }
    }
}

}  // namespace nanotune
