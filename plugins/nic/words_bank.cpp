#include "words_bank.hpp"

#include <algorithm>

#include "permission.hpp"

namespace nanotune::nic {

std::vector<const Tunable*> WordsBank::tunables() const {
    std::vector<const Tunable*> all;
    all.reserve(rows_.size());
    for (const WordsRow& row : rows_) {
        all.push_back(&row.tunable);
    }
    return all;
}

const WordsRow& WordsBank::row_of(const Tunable& tunable) const {
    return *std::ranges::find_if(rows_,
                                 [&](const WordsRow& row) { return &row.tunable == &tunable; });
}

std::vector<Result<Reading>> WordsBank::read(System& system, const Target& target,
                                             std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        auto text = row_of(*tunable).read(system, target);
        readings.push_back(text ? Result<Reading>(Reading{.value = *std::move(text)})
                                : Result<Reading>(std::unexpected(std::move(text).error())));
    }
    return readings;
}

std::vector<Status> WordsBank::may_hold(System& system, const Target& target,
                                        std::span<const Assignment> assignments) const {
    std::vector<Status> statuses;
    statuses.reserve(assignments.size());
    for (const auto& [tunable, value] : assignments) {
        const WordsRow& row = row_of(*tunable);
        statuses.push_back(row.holds == nullptr
                               ? Status()
                               : row.holds(system, target, std::get<std::string>(value)));
    }
    return statuses;
}

std::vector<Status> WordsBank::write(System& system, const Target& target,
                                     std::span<const Assignment> assignments) const {
    std::vector<Status> outcomes;
    outcomes.reserve(assignments.size());
    for (const auto& [tunable, value] : assignments) {
        outcomes.push_back(row_of(*tunable).write(system, target, std::get<std::string>(value)));
    }
    return outcomes;
}

Status WordsBank::may_write(System& system, const Target& target, const Tunable& tunable) const {
    return may_administer(system, target, tunable);
}

}  // namespace nanotune::nic
