// What is to be seen in a ledger, over all of its applies.
#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/ledger.hpp"

namespace nanotune {
namespace {

bool touch_the_same(const Applied& one, const Applied& other) {
    return std::ranges::equal(one.touched, other.touched, [](const Touched& a, const Touched& b) {
        return a.is_side_effect == b.is_side_effect && a.key == b.key;
    });
}

}  // namespace

void Ledger::for_each(const std::function<void(const Applied&)>& look) const {
    std::ranges::for_each(applied_, look);
    if (open_) {
        look(*open_);
    }
}

std::vector<const Touched*> Ledger::each_touched() const {
    std::vector<const Touched*> each;
    const Applied* before = nullptr;
    for (const Applied& applied : applied_) {
        if (before == nullptr || !touch_the_same(*before, applied)) {
            std::ranges::transform(applied.touched, std::back_inserter(each),
                                   [](const Touched& touched) { return &touched; });
        }
        before = &applied;
    }
    return each;
}

std::vector<Touched> Ledger::left() const {
    Applied sum;
    for (const Applied& applied : applied_) {
        if (applied.is_remnant) {
            std::ranges::for_each(applied.touched, [&](const Touched& t) { sum.touch(t); });
        }
    }
    return std::move(sum.touched);
}

bool Ledger::has_left_away() const {
    const Applied* active = this->active();
    return std::ranges::any_of(applied_, [active](const Applied& applied) {
        return applied.is_remnant && (active == nullptr || applied.id > active->id) &&
               std::ranges::any_of(applied.touched, &Touched::is_away);
    });
}

}  // namespace nanotune
