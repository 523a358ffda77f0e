#include "engine/ledger.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace nanotune {

namespace {

/// The newest apply that is in force, or nullptr.
template <typename Applies>
auto* active_in(Applies& applied) {
    const auto newest_first = applied | std::views::reverse;
    const auto found = std::ranges::find_if(
        newest_first, [](const Applied& each) { return !each.is_failed && !each.is_remnant; });
    return found == newest_first.end() ? nullptr : &*found;
}

}  // namespace

Ledger Ledger::of(std::vector<record::Record> records) {
    Ledger ledger;
    for (record::Record& record : records) {
        ledger.take(std::move(record));
    }
    return ledger;
}

void Ledger::make_room(std::size_t intents) {
    if (open_) {
        open_->touched.reserve(open_->touched.size() + intents);
    } else {
        room_ = intents;
    }
}

void Ledger::take(record::Record&& record) {
    std::visit([this](auto& one) { this->fold(std::move(one)); }, record);
}

/// A rollback that begins takes over what is open: an apply that was cut off, or a rollback that
/// was.
void Ledger::fold(record::Begin&& begin) {
    if (open_ && begin.kind == "rollback") {
        fold(record::End{"partial"});
    }
    open_ = Applied{.id = begin.id,
                    .continues = begin.kind == "apply" ? begin.undoes : 0,
                    .profile = std::move(begin.profile),
                    .profile_hash = std::move(begin.profile_hash),
                    .overrides = std::move(begin.overrides),
                    .started = std::move(begin.started),
                    .confirm_by = begin.confirm_by,
                    .confirm_by_boot = begin.confirm_by_boot,
                    .is_awaiting = begin.confirm_by != 0,
                    .touched = {},
                    .places = {},
                    .held = {}};
    open_->touched.reserve(std::exchange(room_, 0));
    open_kind_ = std::move(begin.kind);
    open_undoes_ = begin.undoes;
    last_id_ = std::max(last_id_, begin.id);
}

void Ledger::fold(record::Intent&& intent) {
    if (!open_) {
        return;
    }
    Touched touched{
        .key = key_of(std::move(intent.setting), std::move(intent.target), intent.device),
        .before = std::move(intent.before),
        .wanted = std::move(intent.wanted),
        .got = {},
        .is_side_effect = intent.is_side_effect,
        .also = std::move(intent.also),
        .bearer = {.device = std::move(intent.device)},
        .takes_carrier = intent.takes_carrier};
    if (open_kind_ != "rollback") {
        open_->touch(std::move(touched));
        return;
    }
    // What one that was cut off may have put back, be it left now or not.
    const PutBack put_back{.rollback = open_->id, .value = touched.wanted};
    Touched* const known = open_->find(touched.key);
    if (known == nullptr) {
        open_->touch(std::move(touched));
    }
    (known == nullptr ? open_->touched.back() : *known).remember_put_back(put_back);
}

void Ledger::fold(record::Held&& held) {
    if (!open_) {
        return;
    }
    Key key = key_of(std::move(held.setting), std::move(held.target), held.device);
    if (Touched* found = open_->find(key)) {
        found->got = held.got;
    }
    open_->hold(std::move(key), {.wanted = std::move(held.wanted),
                                 .got = std::move(held.got),
                                 .origin = std::move(held.origin),
                                 .also = std::move(held.also),
                                 .bearer = {.device = std::move(held.device)},
                                 .drift = held.drift});
}

void Ledger::fold(record::Left&& left) {
    if (open_) {
        open_->touch({.key = key_of(std::move(left.setting), std::move(left.target), left.device),
                      .before = std::move(left.before),
                      .wanted = std::move(left.wanted),
                      .got = std::move(left.got),
                      .is_side_effect = left.is_side_effect,
                      .also = std::move(left.also),
                      .bearer = {.device = std::move(left.device)},
                      .is_away = left.is_away});
    }
}

void Ledger::fold(const record::Confirmed& confirmed) {
    for (Shared<Applied>& applied : applied_) {
        if (applied->id == confirmed.id) {
            applied.own().is_awaiting = false;
        }
    }
}

void Ledger::fold(record::Lost&& lost) {
    last_id_ = std::max(last_id_, lost.after);
    lost_.push_back(std::move(lost));
}

bool Ledger::has_lost_since(std::uint64_t oldest) const {
    return std::ranges::any_of(lost_,
                               [oldest](const record::Lost& lost) { return lost.after >= oldest; });
}

void Ledger::fold(record::End&& ended) {
    if (!open_) {
        return;
    }
    if (open_kind_ == "rollback") {
        end_rollback(ended.how == "finished");
    } else if (open_kind_ == "repair" && ended.how == "committed") {
        end_repair(*open_);
    } else if (ended.how != "undone") {
        open_->is_degraded = ended.how == "degraded";
        open_->is_failed = ended.how == "partial";
        if (ended.confirm_by != 0) {
            open_->confirm_by = ended.confirm_by;
            open_->confirm_by_boot = ended.confirm_by_boot;
            open_->guard = std::move(ended.guard);
        }
        for (Touched& touched : open_->touched) {
            // What was returned to its baseline, or kept as it was, is held by nobody, but it is
            // known what it came to.
            if (!touched.got && !open_->is_failed && !open_->is_degraded) {
                touched.got = touched.wanted;
            }
        }
        applied_.emplace_back(*std::move(open_));
    }
    open_.reset();
}

/// What it put back besides goes back with the apply that is held, should that not take it along.
void Ledger::end_repair(Applied& repair) {
    Shared<Applied>* const active = active_in(applied_);
    for (Touched& touched : repair.touched) {
        if (active != nullptr && (*active)->find(touched.key) == nullptr) {
            touched.got = touched.got.value_or(touched.wanted);
            active->own().touch(touched);
        }
    }
}

void Ledger::end_rollback(bool is_finished) {
    if (!is_finished) {
        note_put_back(*open_);
        for (Shared<Applied>& shared : applied_) {
            if (shared->id >= open_undoes_) {
                // Half of it is gone: nobody can keep it, and what is left is not the profile.
                Applied& applied = shared.own();
                applied.is_degraded = true;
                applied.is_half_undone = true;
                applied.is_awaiting = false;
            }
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
    if (applied_.empty() || !applied_.back()->is_remnant) {
        Applied remnant;
        remnant.id = open_->id;
        remnant.profile = open_->profile;
        remnant.is_remnant = true;
        applied_.emplace_back(std::move(remnant));
    }
    Applied& last = applied_.back().own();
    for (const Touched& left : open_->touched) {
        last.touch(left);
    }
}

std::size_t Ledger::applies() const {
    return static_cast<std::size_t>(std::ranges::count_if(applied_, [](const Applied& applied) {
        return !applied.is_remnant && applied.continues == 0;
    }));
}

std::uint64_t Ledger::last(bool force) const {
    const auto newest_first = applied_ | std::views::reverse;
    const auto found = std::ranges::find_if(
        newest_first, [](const Applied& applied) { return !applied.is_remnant; });
    if (found != newest_first.end() && !force) {
        return (*found)->continues != 0 ? (*found)->continues : (*found)->id;
    }
    return applied_.empty() ? 0 : applied_.back()->id;
}

std::uint64_t Ledger::next_id(std::chrono::system_clock::time_point now) const {
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    return std::max(last_id_ + 1,
                    static_cast<std::uint64_t>(std::max<std::int64_t>(milliseconds, 0)));
}

const Applied* Ledger::active() const {
    const Shared<Applied>* const active = active_in(applied_);
    return active == nullptr ? nullptr : &**active;
}

std::vector<record::Record> Ledger::active_records() const {
    std::vector<record::Record> records;
    if (const Applied* const active = this->active(); active != nullptr) {
        records.emplace_back(
            record::Begin{.id = active->id, .kind = "apply", .profile = active->profile});
        for (const auto& [key, held] : active->held) {
            records.emplace_back(held_record_of(key, held));
        }
        records.emplace_back(record::End{"committed"});
    }
    return records;
}

bool Ledger::undone_until(const std::function<bool(const Applied&)>& is_enough) const {
    return std::ranges::any_of(applied_, is_enough) ||
           (open_ && open_kind_ != "rollback" && is_enough(*open_));
}

Applied Ledger::sum_from(std::uint64_t oldest) const {
    Applied sum;
    undone_until([&](const Applied& applied) {
        if (applied.id >= oldest) {
            std::ranges::for_each(applied.touched, [&](const Touched& t) { sum.touch(t); });
        }
        return false;
    });
    return sum;
}

std::vector<Touched> Ledger::undoing_from(std::uint64_t oldest) const {
    Applied sum = sum_from(oldest);
    note_put_back_in(sum);
    return std::move(sum.touched);
}

std::optional<Touched> Ledger::undoing(const Key& key) const {
    Applied sum;
    undone_until([&](const Applied& applied) {
        if (const Touched* touched = applied.find(key)) {
            sum.touch(*touched);
        }
        return false;
    });
    return sum.touched.empty() ? std::nullopt : std::optional(std::move(sum.touched.front()));
}

const Value* Ledger::baseline_of(const Key& key) const {
    const Value* baseline = nullptr;
    undone_until([&](const Applied& applied) {
        const Touched* const touched = applied.find(key);
        baseline = touched == nullptr ? nullptr : &touched->before;
        return touched != nullptr;
    });
    return baseline;
}

}  // namespace nanotune
