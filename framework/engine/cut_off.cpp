// What a rollback that was cut off may have put back already: the next one takes it for nanotune's.
#include <ranges>

#include "engine/ledger.hpp"

namespace nanotune {
namespace {

/// It is told of the last apply that touched it.
void take_over(std::vector<Shared<Applied>>& applied, const Touched& told) {
    for (Shared<Applied>& each : applied | std::views::reverse) {
        if (each->find(told.key) == nullptr) {
            continue;
        }
        Touched& touched = *each.own().find(told.key);
        for (const PutBack& one : told.put_back) {
            if (one.value != touched.wanted) {  // that is nanotune's own in any case
                touched.remember_put_back(one);
            }
        }
        return;
    }
}

}  // namespace

/// A ledger that was compacted tells it by intents, as it knows fewer applies than there were.
void Ledger::note_put_back(const Applied& rollback) {
    bool is_told = false;
    for (const Touched& told : rollback.touched) {
        if (!told.got) {
            is_told = true;
            take_over(applied_, told);
        }
    }
    if (is_told) {
        return;
    }
    const Applied sum = sum_from(open_undoes_);
    for (Shared<Applied>& applied : applied_) {
        if (applied->id < open_undoes_) {
            continue;
        }
        for (Touched& touched : applied.own().touched) {
            if (const Touched* const undone = sum.find(touched.key)) {
                touched.remember_put_back({.rollback = rollback.id, .value = undone->before});
            }
        }
    }
}

void Ledger::note_put_back_in(Applied& sum) const {
    if (!open_ || open_kind_ != "rollback") {
        return;
    }
    for (const Touched& undone : sum_from(open_undoes_).touched) {
        if (Touched* const touched = sum.find(undone.key)) {
            touched->remember_put_back({.rollback = open_->id, .value = undone.before});
        }
    }
}

}  // namespace nanotune
