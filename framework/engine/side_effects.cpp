#include "engine/side_effects.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "engine/devices.hpp"
#include "engine/limits.hpp"
#include "engine/resets.hpp"

namespace nanotune {
namespace {

/// As much of the value as there is now: of CPUs, those that run.
Result<Value> reachable_of(const Desired& desired, Survey& survey) {
    const auto* cpus = std::get_if<CpuSet>(&desired.value);
    if (cpus == nullptr || desired.setting.tunable->domain.numbers != Domain::Numbers::cpus) {
        return desired.value;
    }
    NT_TRY(const Topology topology, survey.topology());
    return *cpus & topology.online;
}

/// A device on top of a changed one cannot keep its value until the one below has its own again,
/// nor a queue one that its device was given for all of them, nor can what is bound to a CPU that
/// is offline now, or to a queue that is no more.
Row followed(const Change& kept, Value now) {
    Written written{
        .change = kept, .outcome = Outcome::changed, .got = std::move(now), .message = {}};
    Row row = row_of(written);
    row.wanted = row.got;
    row.message = kept.note + "; rollback restores it";
    return row;
}

bool is_absence(const Error& error) {
    return error.code == ErrorCode::unsupported || error.code == ErrorCode::not_found;
}

}  // namespace

/// What the changes of a plan take away, each once, but for what the plan itself sets.
class SideEffects::Losses {
  public:
    explicit Losses(const Plan& plan) {
        for (const Change& change : plan.changes) {
            known_.insert(key_of(change.desired));
        }
    }

    /// `of_device` is what the device itself holds of it: a part that holds the same comes back
    /// with the device. Without one everything counts.
    void add(const Change& cause, const SettingRef& setting, const Candidate& candidate,
             const std::optional<Value>& of_device = {}, bool is_carried = false) {
        if (!known_.insert(key_of(setting.full_name(), candidate.target, candidate.identity))
                 .second) {
            return;
        }
        causes_.push_back(text_of(cause.desired.setting, cause.desired.candidate.target));
        losses_.push_back({.desired = {.setting = setting,
                                       .candidate = candidate,
                                       .value = {},
                                       .origin = cause.desired.origin,
                                       .by_exact_name = cause.desired.by_exact_name,
                                       .group = {},
                                       .missing = {}},
                           .before = {},
                           .known_after = {},
                           .note = "reset by " + causes_.back(),
                           .is_side_effect = true,
                           .is_carried = is_carried});
        of_devices_.push_back(of_device);
    }

    /// As they are now, without what is not there. Errors: those of reading one that may be.
    Result<std::vector<Change>> read(Survey& survey) {
        NT_TRY(auto readings, survey.read(places_of(losses_)));
        std::vector<Change> readable;
        for (std::size_t i = 0; i < losses_.size(); ++i) {
            Change& loss = losses_[i];
            if (readings[i]) {
                if (of_devices_[i] == readings[i]->value) {
                    continue;
                }
                loss.desired.value = readings[i]->value;
                loss.before = std::move(readings[i]->value);
                readable.push_back(std::move(loss));
            } else if (!is_absence(readings[i].error())) {
                return std::unexpected(
                    std::move(readings[i])
                        .error()
                        .within(fmt::format(
                            "{}: {}: {} resets it, and its old value cannot be put on record",
                            loss.desired.origin.text(),
                            text_of(loss.desired.setting, loss.desired.candidate.target),
                            causes_[i])));
            }
        }
        return readable;
    }

  private:
    std::set<Key> known_;
    std::vector<Change> losses_;
    std::vector<std::string> causes_;               // of each
    std::vector<std::optional<Value>> of_devices_;  // for each
};

Result<std::vector<Change>> SideEffects::of(const Plan& plan) {
    Losses losses(plan);
    for (const Change& change : plan.changes) {
        const Desired& desired = change.desired;
        for (const std::string_view name : resets_of(*desired.setting.tunable, desired.candidate)) {
            const auto setting = catalog_.setting(name);
            if (!setting) {
                continue;  // its plugin is not loaded, so nothing of it can be kept
            }
            NT_TRY(const auto* candidates, survey_.candidates(setting->bank->discovery()));
            for (const Candidate& candidate : *candidates) {
                if (desired.candidate.device.empty() ||
                    candidate.device == desired.candidate.device) {
                    losses.add(change, *setting, candidate);
                }
            }
        }
        NT_CHECK(add_parts(plan, change, losses));
        if (desired.setting.tunable->along_stack) {
            NT_TRY(const auto* candidates, survey_.candidates(desired.setting.bank->discovery()));
            for (const Candidate& candidate : *candidates) {
                if (candidate.depth > desired.candidate.depth) {
                    // The kernel takes it down along.
                    losses.add(change, desired.setting, candidate);
                }
            }
        }
    }
    return losses.read(survey_);
}

/// What a device's own settings mean for each of its queues, too. Those of one bank travel
/// together: the kernel writes the ones that do not change anew to all queues, as well.
Status SideEffects::add_parts(const Plan& plan, const Change& change, Losses& losses) {
    const Desired& desired = change.desired;
    const auto is_alike = [&desired](const Change& other) {
        return other.desired.setting.bank == desired.setting.bank &&
               other.desired.candidate.target == desired.candidate.target &&
               !other.desired.setting.tunable->carries.empty();
    };
    const auto first = std::ranges::find_if(plan.changes, is_alike);
    if (first == plan.changes.end() || &*first != &change) {
        return {};
    }
    for (const Tunable* tunable : desired.setting.bank->tunables()) {
        SettingRef own = desired.setting;
        own.tunable = tunable;
        const bool is_changed = std::ranges::any_of(plan.changes, [&](const Change& other) {
            return is_alike(other) && other.desired.setting.tunable == tunable;
        });
        for (const std::string_view name : words_of(tunable->carries)) {
            const auto part = catalog_.setting(name);
            if (!part) {
                continue;
            }
            NT_TRY(const auto now, survey_.read({{own, desired.candidate.target}}));
            const auto of_device =
                now.front() ? std::optional(now.front()->value) : std::optional<Value>();
            NT_TRY(const auto* candidates, survey_.candidates(part->bank->discovery()));
            for (const Candidate& candidate : *candidates) {
                if (candidate.device == desired.candidate.device) {
                    losses.add(change, *part, candidate, of_device, is_changed);
                }
            }
        }
    }
    return {};
}

Result<std::vector<Change>> SideEffects::absent(const Plan& plan, const Ledger& ledger,
                                                const std::set<Key>& wanted) {
    std::set<std::string_view> reset;
    for (const Change& change : plan.changes) {
        for (const std::string_view name :
             resets_of(*change.desired.setting.tunable, change.desired.candidate)) {
            reset.insert(name);
        }
    }
    if (reset.empty()) {
        return std::vector<Change>();
    }
    std::vector<Change> changes;
    for (Touched& touched : ledger.undoing_from(0)) {
        if (!reset.contains(touched.key.setting) || wanted.contains(touched.key) ||
            is_out_of_reach(touched.key, touched.bearer)) {
            continue;
        }
        if (const auto setting = catalog_.setting(touched.key.setting)) {
            changes.push_back({.desired = {.setting = *setting,
                                           .candidate = {.target = touched.key.target},
                                           .value = std::move(touched.before),
                                           .origin = {.file = "baseline"},
                                           .by_exact_name = true,
                                           .group = {},
                                           .missing = {}},
                               .before = {},
                               .known_after = {},
                               .note = "as it was before nanotune",
                               .is_side_effect = true});
        }
    }
    NT_TRY(const auto readings, survey_.read(places_of(changes)));
    std::vector<Change> absent;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (!readings[i] && readings[i].error().code != ErrorCode::timed_out) {
            absent.push_back(std::move(changes[i]));
        }
    }
    return absent;
}

Result<std::vector<Change>> SideEffects::come_anew(std::vector<Change> absent) {
    NT_TRY(auto readings, survey_.read(places_of(absent)));
    std::vector<Change> come;
    for (std::size_t i = 0; i < absent.size(); ++i) {
        Change& change = absent[i];
        if (readings[i] && readings[i]->value != change.desired.value) {
            change.desired.candidate =
                survey_.candidate_of(change.desired.setting, change.desired.candidate.target);
            change.before = std::move(readings[i]->value);
            come.push_back(std::move(change));
        }
    }
    return come;
}

Result<SideEffects::PutBack> SideEffects::put_back(const std::vector<Change>& kept) {
    if (kept.empty()) {
        return PutBack{};
    }
    std::ranges::copy(kept, std::back_inserter(kept_));
    NT_TRY(auto readings, survey_.read(places_of(kept)));
    std::vector<Desired> desired;
    for (const Change& change : kept) {
        desired.push_back(change.desired);
    }
    std::vector<Result<Reading>> held = readings;
    NT_CHECK(hold_to_limits(survey_, desired, held));
    PutBack back;
    std::vector<Change> lost;
    std::vector<const Change*> whole;  // of each of them
    std::vector<Value> reachable;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (!readings[i] || readings[i]->value == kept[i].desired.value) {
            continue;
        }
        NT_TRY(Value most, reachable_of(kept[i].desired, survey_));
        const bool has_no_cpu_left = most != kept[i].desired.value && most == Value(CpuSet());
        // A table that sends to queues which are no more; a number above a maximum that has fallen.
        const bool cannot_be = !held[i] && is_absence(held[i].error());
        if (kept[i].is_carried || kept[i].desired.setting.tunable->along_stack || has_no_cpu_left ||
            cannot_be) {
            back.followed.push_back(followed(kept[i], std::move(readings[i]->value)));
            continue;
        }
        lost.push_back(kept[i]);
        whole.push_back(&kept[i]);
        lost.back().before = readings[i]->value;
        reachable.push_back(std::move(most));
    }
    back.has_written = !lost.empty();
    if (lost.empty()) {
        return back;
    }
    Writer writer(survey_, {.on_failure = OnFailure::go_on, .doing = {}, .carriers = &carriers_});
    const std::vector<Written> written = writer.write(std::move(lost));
    for (std::size_t i = 0; i < written.size(); ++i) {
        const bool is_whole = written[i].got == written[i].change.desired.value;
        if (!is_whole && written[i].got == reachable[i]) {
            // Some masks keep a CPU that is offline, others drop it: only the kernel knows.
            back.followed.push_back(followed(*whole[i], std::move(reachable[i])));
        } else if (!is_success(written[i].outcome) && written[i].outcome != Outcome::gone) {
            return std::unexpected(reason_of(written[i]));
        }
    }
    return back;
}

Result<std::vector<record::Intent>> SideEffects::came_to(const std::set<Key>& wanted) {
    std::erase_if(kept_, [&](const Change& kept) { return wanted.contains(key_of(kept.desired)); });
    NT_TRY(auto readings, survey_.read(places_of(kept_)));
    std::vector<record::Intent> others;
    for (std::size_t i = 0; i < kept_.size(); ++i) {
        const Desired& desired = kept_[i].desired;
        if (readings[i] && readings[i]->value != desired.value) {
            others.push_back({.setting = desired.setting.full_name(),
                              .target = desired.candidate.target,
                              .before = desired.value,
                              .wanted = std::move(readings[i]->value),
                              .is_side_effect = true,
                              .device = desired.candidate.identity});
        }
    }
    return others;
}

}  // namespace nanotune
