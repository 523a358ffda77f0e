// The ledger as records again: as few as say the same, with the oldest applies merged.
#include <algorithm>
#include <set>

#include "engine/ledger.hpp"

namespace nanotune {

namespace {

/// The apply before `at` becomes part of it.
void merge_into(std::vector<Applied>& kept, std::size_t at) {
    Applied merged = kept[at - 1];
    Applied& one = kept[at];
    std::ranges::for_each(one.touched, [&](const Touched& t) { merged.touch(t); });
    if (one.is_remnant) {
        one = kept[at - 1];
    }
    // One that was applied whole since stays so.
    one.is_half_undone = one.is_half_undone || (merged.is_half_undone && one.is_degraded);
    merged.held.clear();
    for (auto& [key, held] : one.held) {
        merged.hold(key, std::move(held));
    }
    one.be_about(std::move(merged));
    one.continues = merged.continues;
    for (Applied& later : kept) {
        later.continues = later.continues == merged.id ? one.id : later.continues;
    }
    one.continues = one.continues == one.id ? 0 : one.continues;
    kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(at) - 1);
}

bool is_settled(const Applied& applied) {
    return !applied.is_remnant && !applied.is_failed && !applied.is_half_undone &&
           !applied.is_awaiting;
}

/// Whether one rollback undoes both, so that nobody needs to know them apart.
bool are_one(const Applied& earlier, const Applied& later) {
    return later.continues != 0 && is_settled(earlier) && is_settled(later) &&
           (later.continues == earlier.id || later.continues == earlier.continues);
}

/// Whether a device has had this name, then another, and this one again: of one apply's records the
/// first of a name says what was before, and none says which came last.
bool is_named_back(const Applied& earlier, const Applied& later) {
    const auto has_been = [](const Applied& applied, unsigned index, const auto& is_meant) {
        return std::ranges::any_of(applied.bearers, [&](const Bearer& known) {
            return known.device->index == index && is_meant(known.device->name);
        });
    };
    return std::ranges::any_of(earlier.bearers, [&](const Bearer& bearer) {
        const DeviceIdentity& device = bearer.device;
        const auto is_same_name = [&](const std::string& name) { return name == device.name; };
        const auto is_another = [&](const std::string& name) { return name != device.name; };
        return device.is_known() && has_been(later, device.index, is_same_name) &&
               (has_been(earlier, device.index, is_another) ||
                has_been(later, device.index, is_another));
    });
}

/// Whether merging the apply before `at` into it would forget which profile is in force, take
/// what nobody knows the outcome of for what was wanted, or what came to a device first for the
/// last.
bool would_lose(const std::vector<Applied>& kept, std::size_t at) {
    const Applied& earlier = kept[at - 1];
    const Applied& later = kept[at];
    if (is_named_back(earlier, later)) {
        return true;
    }
    const auto is_in_force = [](const Applied& each) {
        return !each.is_failed && !each.is_remnant;
    };
    if (later.is_failed) {
        return is_in_force(earlier) &&
               std::ranges::none_of(kept.begin() + static_cast<std::ptrdiff_t>(at), kept.end(),
                                    is_in_force);
    }
    return is_in_force(later) && !later.is_degraded &&
           std::ranges::any_of(earlier.touched, [&later](const Touched& t) {
               return !t.got && later.find(t.key) == nullptr;
           });
}

/// The oldest that can become part of the one after it.
std::size_t place_to_merge(const std::vector<Applied>& kept) {
    for (std::size_t at = 1; at < kept.size(); ++at) {
        if (!would_lose(kept, at)) {
            return at;
        }
    }
    return 1;
}

/// What was known before its outcome no longer was comes first.
void add_intent(std::vector<record::Record>& records, const Touched& touched) {
    if (!touched.got && touched.held) {
        Touched known = touched;
        known.wanted = *touched.held;
        known.got = touched.held;
        records.emplace_back(left_record_of(known));
    }
    records.emplace_back(record::Intent{touched.key.setting, touched.key.target, touched.before,
                                        touched.wanted, touched.is_side_effect, touched.also,
                                        touched.bearer.device, touched.takes_carrier});
}

/// What does not follow from how the apply ended, nor from what it holds.
void add_outcome(std::vector<record::Record>& records, const Applied& applied,
                 const Touched& touched, std::string_view how) {
    const auto held = applied.held.find(touched.key);
    const auto told = held != applied.held.end() ? std::optional(held->second.got)
                      : how == "committed"       ? std::optional(touched.wanted)
                                                 : std::nullopt;
    if (touched.got && (touched.got != told || touched.is_away)) {
        records.emplace_back(left_record_of(touched));
    }
}

std::set<std::uint64_t> rollbacks_of(const Applied& applied) {
    std::set<std::uint64_t> rollbacks;
    for (const Touched& touched : applied.touched) {
        for (const PutBack& one : touched.put_back) {
            rollbacks.insert(one.rollback);
        }
    }
    if (rollbacks.empty() && applied.is_half_undone) {
        rollbacks.insert(applied.id);  // without one it were not half undone
    }
    return rollbacks;
}

/// With what they may have put back: of what has become part of this apply, too, without which that
/// is not half undone.
void add_rollbacks_cut_off(std::vector<record::Record>& records, const Applied& applied) {
    for (const std::uint64_t rollback : rollbacks_of(applied)) {
        records.emplace_back(
            record::Begin{.id = rollback,
                          .kind = "rollback",
                          .undoes = applied.id + (applied.is_half_undone ? 0 : 1)});
        const std::size_t begun = records.size();
        for (const Touched& touched : applied.touched) {
            for (const PutBack& one : touched.put_back) {
                if (one.rollback == rollback) {
                    records.emplace_back(put_back_record_of(touched, one.value));
                }
            }
        }
        if (records.size() == begun && !applied.touched.empty()) {  // what says nothing is told
            const Touched& first = applied.touched.front();
            records.emplace_back(put_back_record_of(first, first.wanted));
        }
        records.emplace_back(record::End{"partial"});
    }
}

/// A rollback of the whole apply, but for what it left.
void add_remnant(std::vector<record::Record>& records, const Applied& applied) {
    records.emplace_back(record::Begin{
        .id = applied.id, .kind = "rollback", .undoes = applied.id, .profile = applied.profile});
    for (const Touched& left : applied.touched) {
        records.emplace_back(left_record_of(left));
        for (const PutBack& one : left.put_back) {
            records.emplace_back(put_back_record_of(left, one.value));
        }
    }
    records.emplace_back(record::End{"finished"});
}

std::string end_of(const Applied& applied) {
    // A rollback that follows makes it degraded; until then it says what everything came to.
    const bool was_whole =
        applied.is_half_undone &&
        std::ranges::all_of(applied.touched, [](const Touched& t) { return t.got.has_value(); });
    return applied.is_failed                   ? "partial"
           : applied.is_degraded && !was_whole ? "degraded"
                                               : "committed";
}

void add_apply(std::vector<record::Record>& records, const Applied& applied) {
    records.emplace_back(record::Begin{.id = applied.id,
                                       .kind = "apply",
                                       .undoes = applied.continues,
                                       .profile = applied.profile,
                                       .profile_hash = applied.profile_hash,
                                       .started = applied.started,
                                       .confirm_by = applied.confirm_by,
                                       .confirm_by_boot = applied.confirm_by_boot,
                                       .overrides = applied.overrides});
    const std::string how = end_of(applied);
    for (const Touched& touched : applied.touched) {
        add_intent(records, touched);
    }
    for (const auto& [key, held] : applied.held) {
        records.emplace_back(held_record_of(key, held));
    }
    for (const Touched& touched : applied.touched) {
        add_outcome(records, applied, touched, how);
    }
    records.emplace_back(record::End{.how = how,
                                     .confirm_by = applied.confirm_by,
                                     .confirm_by_boot = applied.confirm_by_boot,
                                     .guard = applied.guard});
    if (applied.confirm_by != 0 && !applied.is_awaiting) {
        records.emplace_back(record::Confirmed{applied.id});
    }
    add_rollbacks_cut_off(records, applied);
}

void forget_what_has_ended(Applied& applied, const Ended& ended) {
    if (ended.target) {
        const auto has_ended = [&](const Key& key) { return ended.target(key.target); };
        std::erase_if(applied.touched, [&](const Touched& t) { return has_ended(t.key); });
        std::erase_if(applied.held, [&](const auto& each) { return has_ended(each.first); });
    }
    if (ended.device) {
        std::erase_if(applied.touched,
                      [&](const Touched& t) { return ended.device(t.bearer.device); });
    }
    applied.find_places();
}

}  // namespace

std::size_t Ledger::least_compacted(std::size_t most, const IsRemoved& is_removed) const {
    const auto may_end = [](const Target& target) { return target.kind == "thread"; };
    const auto stays = [&](const Touched& t) {
        return !may_end(t.key.target) && !(is_removed && is_removed(t.bearer.device));
    };
    std::size_t count = 0;
    const std::size_t first = applied_.size() - std::min(most, applied_.size());
    for (std::size_t i = first; i < applied_.size(); ++i) {
        const Applied& applied = applied_[i];
        if (applied.continues != 0) {
            continue;  // becomes part of the one before
        }
        count += static_cast<std::size_t>(std::ranges::count_if(applied.touched, stays));
        const bool keeps_held = i + 1 == applied_.size() || applied_[i + 1]->continues == 0;
        count +=
            !keeps_held
                ? 0
                : static_cast<std::size_t>(std::ranges::count_if(
                      applied.held, [&](const auto& each) { return !may_end(each.first.target); }));
    }
    return count;
}

std::vector<record::Record> Ledger::compacted(std::size_t most, const Ended& ended) const {
    std::vector<Applied> kept(applied_.begin(), applied_.end());
    for (std::size_t i = 1; i < kept.size();) {
        if (are_one(kept[i - 1], kept[i]) && !would_lose(kept, i)) {
            merge_into(kept, i);
        } else {
            ++i;
        }
    }
    while (kept.size() > std::max<std::size_t>(most, 1)) {
        merge_into(kept, place_to_merge(kept));
    }
    std::ranges::for_each(kept, [&](Applied& each) { forget_what_has_ended(each, ended); });
    std::vector<record::Record> records(lost_.begin(), lost_.end());
    for (const Applied& applied : kept) {
        if (applied.is_remnant) {
            add_remnant(records, applied);
        } else {
            add_apply(records, applied);
        }
    }
    return records;
}

}  // namespace nanotune
