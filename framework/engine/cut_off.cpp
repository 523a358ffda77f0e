// What a rollback that was cut off may have put back already: the next one takes it for nanotune's.
#include <algorithm>
#include <map>
#include <ranges>

#include "engine/ledger.hpp"

namespace nanotune {
namespace {

/// What was wanted is nanotune's own in any case.
void remember_put_back(Touched& touched, const Value& value) {
    touched.put_back = value == touched.wanted ? std::nullopt : std::optional(value);
}

/// A ledger that was compacted says it by intents, as it knows fewer applies than there were.
std::map<Key, Value> given_back_by(const Applied& rollback) {
    std::map<Key, Value> values;
    for (const Touched& touched : rollback.touched) {
        if (!touched.got) {
            values.emplace(touched.key, touched.wanted);
        }
    }
    return values;
}

}  // namespace

std::map<Key, Value> Ledger::given_back_from(std::uint64_t oldest) const {
    std::map<Key, Value> values;
    for (const Shared<Applied>& applied : applied_) {
        for (const Touched& touched : applied->touched) {
            if (applied->id >= oldest && applied->is_remnant) {
                values.erase(
                    touched.key);  // a rollback has left it, whatever was tried of it since
            } else if (applied->id >= oldest) {
                values.try_emplace(touched.key, touched.before);
            }
        }
    }
    return values;
}

void Ledger::note_put_back() {
    auto told = open_ ? given_back_by(*open_) : std::map<Key, Value>();
    auto values = told.empty() ? given_back_from(open_undoes_) : std::move(told);
    for (Shared<Applied>& applied : applied_ | std::views::reverse) {
        std::erase_if(values, [&applied](const auto& one) {
            const bool is_found = applied->find(one.first) != nullptr;
            if (is_found) {
                remember_put_back(*applied.own().find(one.first), one.second);
            }
            return is_found;
        });
    }
}

void Ledger::note_put_back_in(Applied& sum) const {
    if (!open_ || open_kind_ != "rollback") {
        return;
    }
    for (const auto& [key, value] : given_back_from(open_undoes_)) {
        if (Touched* const touched = sum.find(key)) {
            remember_put_back(*touched, value);
        }
    }
}

}  // namespace nanotune
