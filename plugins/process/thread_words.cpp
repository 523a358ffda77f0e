#include "thread_words.hpp"

#include <fmt/format.h>

#include "scheduling_text.hpp"

namespace nanotune::process {
namespace {

void check_words(const Settings& said, std::vector<Misfit>& misfits) {
    if (const Setting* cpus = said.find("cpus");
        cpus != nullptr && !cpus->is_open && std::get<CpuSet>(cpus->value).empty()) {
        misfits.push_back({cpus->origin, {ErrorCode::invalid, "process.cpus names no CPU"}});
    }
    const Setting* policy = said.find("policy");
    const Setting* priority = said.find("priority");
    const std::string word = policy == nullptr ? "" : std::get<std::string>(policy->value);
    const std::int64_t level = priority == nullptr ? 0 : std::get<std::int64_t>(priority->value);
    const auto add = [&misfits](const Setting& at, std::string message) {
        misfits.push_back({at.origin, {ErrorCode::invalid, std::move(message)}});
    };
    if (policy == nullptr && priority != nullptr) {
        add(*priority, "a priority needs a policy: fifo or rr");
    } else if (has_priority(word) && level == 0) {
        add(*policy,
            fmt::format("policy {} needs a priority from 1 to {}", word, highest_priority));
    } else if (policy != nullptr && !has_priority(word) && level != 0) {
        add(*priority, fmt::format("policy {} has no priority, not {}", word, level));
    }
}

}  // namespace

std::vector<Misfit> misfits_of_words(const Settings& said) {
    std::vector<Misfit> misfits;
    if (const Setting* rows = said.find("threads")) {
        for (const Settings& row : rows->rows) {
            if (row.find("name") == nullptr) {
                misfits.push_back(
                    {row.entries.empty() ? rows->origin : row.entries.front().origin,
                     {ErrorCode::invalid,
                      "a row of process.threads needs a name (\"*\" for every thread)"}});
            }
            check_words(row, misfits);
        }
    }
    check_words(said, misfits);
    return misfits;
}

}  // namespace nanotune::process
