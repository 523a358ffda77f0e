// One key that is to be undone: what was found, and what becomes of it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger.hpp"
#include "model/catalog.hpp"
#include "model/report.hpp"

namespace nanotune {

/// What undoing would do to one key.
struct UndoStep {
    Touched touched;
    SettingRef setting;
    std::optional<Value> now;
    std::optional<Value> first;           ///< what was there before anything was restored
    Outcome outcome = Outcome::not_done;  ///< not_done: to be written
    std::string message;
    bool is_out_of_reach = false;  ///< what bears its name now is something else
    bool is_left = false;          ///< remembered, for a later rollback
    bool is_operators = false;     ///< Reading::is_operators
    bool is_unread = false;        ///< refused, as it could not be read
    bool hangs = false;            ///< a call to it has not returned, so nobody writes it either
    std::string surprise = {};     ///< what is to be said once it is restored
    std::string allow = {};        ///< Row::allow
};

/// Nobody knows whether it was written, nor what it came to. What another change resets may have
/// any value.
[[nodiscard]] bool is_cut_off(const Touched& touched);
/// Whether the kernel may have made the one of the other: it rounds numbers, prints texts in its
/// own way, and takes of sets what is there. Of a closed choice it makes nothing else.
[[nodiscard]] bool may_come_of(const Domain& domain, const Value& wanted, const Value& found);
/// As the step's setting reads; "" where there is none.
[[nodiscard]] std::string printed_or_nothing(const UndoStep& step,
                                             const std::optional<Value>& value);
[[nodiscard]] Row row_of(const UndoStep& step);
/// That the value is left as it is for that reason, and what was before.
[[nodiscard]] std::string left_since(const UndoStep& step, std::string_view why);
/// Whether restoring `cause` may bring back what `lost` is about: a queue, with the channels.
[[nodiscard]] bool brings_back(const UndoStep& cause, const UndoStep& lost);
/// Whether the kernel sets what `lost` is about along with `cause`, of the same target or a queue
/// of it.
[[nodiscard]] bool takes_along(const UndoStep& cause, const UndoStep& lost);
/// What goes along with others that are restored in this stage: it comes back with them, while a
/// write would make its value one that was given to it.
[[nodiscard]] KeySet following(const std::vector<UndoStep>& steps, Stage stage,
                               const Catalog& catalog);
/// Says of what is gone, and would come back by one of the steps, that it is put back then.
void foretell(std::vector<UndoStep>& steps);

}  // namespace nanotune
