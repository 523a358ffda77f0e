// Tables of 128 entries and more are patterns in practice: the text is the shortest one.
#include "hash_table.hpp"

#include <numeric>
#include <optional>

#include <nanotune/numbers.hpp>
#include <nanotune/words.hpp>

namespace nanotune::nic {
namespace {

constexpr std::size_t most_entries = 1U << 16U;

bool repeats(const HashTable& table, std::size_t period) {
    for (std::size_t i = period; i < table.size(); ++i) {
        if (table[i] != table[i - period]) {
            return false;
        }
    }
    return table.size() % period == 0;
}

std::size_t period_of(const HashTable& table) {
    std::size_t period = 1;
    while (period < table.size() && !repeats(table, period)) {
        ++period;
    }
    return period;
}

HashTable in_turn(std::uint32_t queues, std::size_t entries) {
    HashTable table(entries);
    for (std::size_t i = 0; i < entries; ++i) {
        table[i] = static_cast<std::uint32_t>(i % queues);
    }
    return table;
}

HashTable in_blocks(std::uint32_t queues, std::size_t entries) {
    HashTable table(entries);
    for (std::size_t i = 0; i < entries; ++i) {
        table[i] = static_cast<std::uint32_t>(i * queues / entries);
    }
    return table;
}

std::unexpected<Error> not_an_entry(std::string_view word) {
    return failure(ErrorCode::invalid, "\"" + std::string(word) +
                                           "\" is no queue, no QUEUE*TIMES, and no xTIMES at the "
                                           "end");
}

}  // namespace

std::string text_of(const HashTable& table, std::uint32_t queues) {
    if (queues != 0 && table == in_turn(queues, table.size())) {
        return std::string(all_in_turn);
    }
    if (queues != 0 && table == in_blocks(queues, table.size())) {
        return std::string(all_in_blocks);
    }
    const std::size_t period = period_of(table);
    std::string text;
    for (std::size_t i = 0; i < period;) {
        std::size_t end = i + 1;
        while (end < period && table[end] == table[i]) {
            ++end;
        }
        text += (text.empty() ? "" : " ") + std::to_string(table[i]);
        text += end - i > 1 ? "*" + std::to_string(end - i) : "";
        i = end;
    }
    const std::size_t times = table.size() / period;
    return times > 1 ? text + " x" + std::to_string(times) : text;
}

namespace {

Result<HashTable> entries_in(std::string_view text) {
    const auto words = split_words(text);
    HashTable table;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word.starts_with('x') && i > 0 && i + 1 == words.size()) {
            const auto times = whole_number<std::uint32_t>(word.substr(1));
            if (!times || *times == 0 || table.size() * *times > most_entries) {
                return not_an_entry(word);
            }
            const std::size_t period = table.size();
            table.resize(period * *times);
            for (std::size_t at = period; at < table.size(); ++at) {
                table[at] = table[at - period];
            }
            break;
        }
        const auto star = word.find('*');
        const auto queue = whole_number<std::uint32_t>(word.substr(0, star));
        const auto times = star == std::string_view::npos
                               ? std::optional<std::uint32_t>(1)
                               : whole_number<std::uint32_t>(word.substr(star + 1));
        if (!queue || !times || *times == 0 || table.size() + *times > most_entries) {
            return not_an_entry(word);
        }
        table.insert(table.end(), *times, *queue);
    }
    return table.empty() ? failure(ErrorCode::invalid, "a table has at least one entry")
                         : Result<HashTable>(std::move(table));
}

}  // namespace

Result<HashTable> table_in(std::string_view text, std::size_t entries, std::uint32_t queues) {
    if (text == all_in_turn) {
        return HashTable();
    }
    return text == all_in_blocks ? in_blocks(queues, entries) : entries_in(text);
}

Result<std::string> normal_table(std::string_view text) {
    if (text == all_in_turn || text == all_in_blocks) {
        return std::string(text);
    }
    NT_TRY(const HashTable table, entries_in(text));
    return text_of(table, 0);
}

HashTable dealt_in_turn(const std::vector<unsigned>& queues, std::size_t entries) {
    HashTable table(entries);
    for (std::size_t i = 0; i < entries; ++i) {
        table[i] = queues[i % queues.size()];
    }
    return table;
}

HashTable dealt_by_weight(const std::vector<unsigned>& queues,
                          const std::vector<std::uint64_t>& weights, std::size_t entries) {
    const std::uint64_t total = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
    HashTable table(entries);
    std::size_t queue = 0;
    std::uint64_t reached = weights.front();
    for (std::size_t i = 0; i < entries; ++i) {
        while (i >= entries * reached / total) {
            reached += weights[++queue];
        }
        table[i] = queues[queue];
    }
    return table;
}

}  // namespace nanotune::nic
