#include "engine/ledger.hpp"

#include <algorithm>
#include <ranges>

namespace nanotune {

record::Left left_record_of(const Touched& left) {
    return {
        left.key.setting, left.key.target, left.before, left.wanted, left.got.value_or(left.wanted),
        left.also};
}

void Applied::touch(const Touched& later) {
    const auto [place, is_new] = places.try_emplace(later.key, touched.size());
    if (is_new) {
        touched.push_back(later);
        return;
    }
    Touched& earlier = touched[place->second];
    earlier.wanted = later.wanted;
    earlier.got = later.got;
    earlier.is_side_effect = earlier.is_side_effect && later.is_side_effect;
}

Touched* Applied::find(const Key& key) {
    const auto place = places.find(key);
    return place == places.end() ? nullptr : &touched[place->second];
}

const Touched* Applied::find(const Key& key) const {
    const auto place = places.find(key);
    return place == places.end() ? nullptr : &touched[place->second];
}

Ledger Ledger::of(std::span<const record::Record> records) {
    Ledger ledger;
    for (const record::Record& record : records) {
        ledger.take(record);
    }
    return ledger;
}

void Ledger::take(const record::Record& record) {
    std::visit([this](const auto& one) { fold(one); }, record);
}

/// A rollback that begins takes over what is open: an apply that was cut off, or a rollback that
/// was.
void Ledger::fold(const record::Begin& begin) {
    if (open_ && begin.kind == "rollback") {
        fold(record::End{"partial"});
    }
    open_ = Applied{.id = begin.id,
                    .profile = begin.profile,
                    .profile_hash = begin.profile_hash,
                    .overrides = begin.overrides,
                    .started = begin.started,
                    .confirm_by = begin.confirm_by,
                    .confirm_by_boot = begin.confirm_by_boot,
                    .is_awaiting = begin.confirm_by != 0,
                    .touched = {},
                    .places = {},
                    .held = {}};
    open_kind_ = begin.kind;
    open_undoes_ = begin.undoes;
    last_id_ = std::max(last_id_, begin.id);
}

void Ledger::fold(const record::Intent& intent) {
    if (open_) {
        open_->touch({.key = {intent.setting, intent.target},
                      .before = intent.before,
                      .wanted = intent.wanted,
                      .got = {},
                      .is_side_effect = intent.is_side_effect,
                      .also = intent.also});
    }
}

void Ledger::fold(const record::Held& held) {
    if (!open_) {
        return;
    }
    const Key key{held.setting, held.target};
    open_->held[key] = {held.wanted, held.got, held.origin, held.also};
    if (Touched* found = open_->find(key)) {
        found->got = held.got;
    }
}

void Ledger::fold(const record::Left& left) {
    if (open_) {
        open_->touch({.key = {left.setting, left.target},
                      .before = left.before,
                      .wanted = left.wanted,
                      .got = left.got,
                      .also = left.also});
    }
}

void Ledger::fold(const record::Confirmed& confirmed) {
    for (Applied& applied : applied_) {
        if (applied.id == confirmed.id) {
            applied.is_awaiting = false;
        }
    }
}

void Ledger::fold(const record::Lost& lost) {
    last_id_ = std::max(last_id_, lost.after);
    lost_.push_back(lost);
}

bool Ledger::has_lost_since(std::uint64_t oldest) const {
    return std::ranges::any_of(lost_,
                               [oldest](const record::Lost& lost) { return lost.after >= oldest; });
}

void Ledger::fold(const record::End& ended) {
    if (!open_) {
        return;
    }
    if (open_kind_ == "rollback") {
        end_rollback(ended.how == "finished");
    } else if (ended.how != "undone") {
        open_->is_degraded = ended.how == "degraded";
        open_->is_failed = ended.how == "partial";
        if (ended.confirm_by != 0) {
            open_->confirm_by = ended.confirm_by;
            open_->confirm_by_boot = ended.confirm_by_boot;
            open_->guard = ended.guard;
        }
        for (Touched& touched : open_->touched) {
            // What was returned to its baseline, or kept as it was, is held by nobody, but it is
            // known what it came to.
            if (!touched.got && !open_->is_failed && !open_->is_degraded) {
                touched.got = touched.wanted;
            }
        }
        applied_.push_back(*std::move(open_));
    }
    open_.reset();
}

void Ledger::end_rollback(bool is_finished) {
    if (!is_finished) {
        for (Applied& applied : applied_) {
            // Half of it is gone: nobody can keep it, and what is left of it is not the profile.
            applied.is_degraded = applied.is_degraded || applied.id >= open_undoes_;
            applied.is_half_undone = applied.is_half_undone || applied.id >= open_undoes_;
            applied.is_awaiting = applied.is_awaiting && applied.id < open_undoes_;
        }
        return;
    }
    std::erase_if(applied_, [this](const Applied& a) { return a.id >= open_undoes_; });
    if (open_undoes_ == 0) {
        lost_.clear();
    }
    if (!open_ || open_->touched.empty()) {
        return;
    }
    if (applied_.empty() || !applied_.back().is_remnant) {
        Applied remnant;
        remnant.id = open_->id;
        remnant.profile = open_->profile;
        remnant.is_remnant = true;
        applied_.push_back(std::move(remnant));
    }
    for (const Touched& left : open_->touched) {
        applied_.back().touch(left);
    }
}

std::size_t Ledger::applies() const {
    return static_cast<std::size_t>(std::ranges::count(applied_, false, &Applied::is_remnant));
}

std::uint64_t Ledger::last(bool force) const {
    const auto newest_first = applied_ | std::views::reverse;
    const auto found = std::ranges::find(newest_first, false, &Applied::is_remnant);
    if (found != newest_first.end() && !force) {
        return found->id;
    }
    return applied_.empty() ? 0 : applied_.back().id;
}

std::vector<Touched> Ledger::left() const {
    Applied sum;
    for (const Applied& applied : applied_) {
        if (applied.is_remnant) {
            std::ranges::for_each(applied.touched, [&](const Touched& t) { sum.touch(t); });
        }
    }
    return sum.touched;
}

std::uint64_t Ledger::next_id(std::chrono::system_clock::time_point now) const {
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    return std::max(last_id_ + 1,
                    static_cast<std::uint64_t>(std::max<std::int64_t>(milliseconds, 0)));
}

const Applied* Ledger::active() const {
    const auto newest_first = applied_ | std::views::reverse;
    const auto found = std::ranges::find_if(newest_first, [](const Applied& applied) {
        return !applied.is_failed && !applied.is_remnant;
    });
    return found == newest_first.end() ? nullptr : &*found;
}

std::vector<Touched> Ledger::undoing_from(std::uint64_t oldest) const {
    Applied sum;
    const auto add = [&](const Applied& applied) {
        if (applied.id >= oldest) {
            std::ranges::for_each(applied.touched, [&](const Touched& t) { sum.touch(t); });
        }
    };
    std::ranges::for_each(applied_, add);
    if (open_ && open_kind_ == "apply") {
        add(*open_);
    }
    return sum.touched;
}

std::vector<record::Record> Ledger::compacted(std::size_t most) const {
    std::vector<Applied> kept = applied_;
    while (kept.size() > std::max<std::size_t>(most, 1)) {
        Applied merged = kept[0];
        std::ranges::for_each(kept[1].touched, [&](const Touched& t) { merged.touch(t); });
        if (kept[1].is_remnant) {
            kept[1] = kept[0];
        }
        // One that was applied whole since stays so.
        kept[1].is_half_undone =
            kept[1].is_half_undone || (kept[0].is_half_undone && kept[1].is_degraded);
        kept[1].touched = std::move(merged.touched);
        kept[1].places = std::move(merged.places);
        kept.erase(kept.begin());
    }
    std::vector<record::Record> records(lost_.begin(), lost_.end());
    for (const Applied& applied : kept) {
        if (applied.is_remnant) {
            records.emplace_back(record::Begin{.id = applied.id,
                                               .kind = "rollback",
                                               .undoes = applied.id,
                                               .profile = applied.profile});
            for (const Touched& left : applied.touched) {
                records.emplace_back(left_record_of(left));
            }
            records.emplace_back(record::End{"finished"});
            continue;
        }
        records.emplace_back(record::Begin{.id = applied.id,
                                           .kind = "apply",
                                           .undoes = 0,
                                           .profile = applied.profile,
                                           .profile_hash = applied.profile_hash,
                                           .started = applied.started,
                                           .confirm_by = applied.confirm_by,
                                           .confirm_by_boot = applied.confirm_by_boot,
                                           .overrides = applied.overrides});
        for (const Touched& touched : applied.touched) {
            records.emplace_back(record::Intent{touched.key.setting, touched.key.target,
                                                touched.before, touched.wanted,
                                                touched.is_side_effect, touched.also});
        }
        for (const auto& [key, held] : applied.held) {
            records.emplace_back(record::Held{key.setting, key.target, held.wanted, held.got,
                                              held.origin, held.also});
        }
        // A rollback that follows makes it degraded; until then it says what everything came to.
        const bool was_whole =
            applied.is_half_undone && std::ranges::all_of(applied.touched, [](const Touched& t) {
                return t.got.has_value();
            });
        records.emplace_back(record::End{.how = applied.is_failed                   ? "partial"
                                                : applied.is_degraded && !was_whole ? "degraded"
                                                                                    : "committed",
                                         .confirm_by = applied.confirm_by,
                                         .confirm_by_boot = applied.confirm_by_boot,
                                         .guard = applied.guard});
        if (applied.confirm_by != 0 && !applied.is_awaiting) {
            records.emplace_back(record::Confirmed{applied.id});
        }
        if (applied.is_half_undone) {
            records.emplace_back(
                record::Begin{.id = applied.id, .kind = "rollback", .undoes = applied.id});
            records.emplace_back(record::End{"partial"});
        }
    }
    return records;
}

}  // namespace nanotune
