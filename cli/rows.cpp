#include "rows.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <tuple>

#include <fmt/core.h>

#include <nanotune/numbers.hpp>

#include "text.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t most_names = 4;

/// "cpu3" as "cpu" and 3; nothing where the name does not end with a number of its kind.
struct Numbered {
    std::string stem;
    unsigned number = 0;
};

std::optional<Numbered> numbered(const Target& target) {
    constexpr std::array<std::string_view, 6> kinds = {"cpu",    "node",     "irq",
                                                       "policy", "rx_queue", "tx_queue"};
    if (std::ranges::find(kinds, target.kind) == kinds.end()) {
        return std::nullopt;
    }
    const std::string text = target.text();
    const std::size_t last = text.find_last_not_of("0123456789");
    const std::size_t begin = last == std::string::npos ? 0 : last + 1;
    Numbered result{.stem = text.substr(0, begin)};
    const auto number = whole_number<decltype(result.number)>(std::string_view(text).substr(begin));
    if (!number || *number >= CpuSet::limit) {
        return std::nullopt;
    }
    result.number = *number;
    return result;
}

/// What rows that become one line have in common; first what tells most of the others apart without
/// a look at texts that begin alike.
auto key_of(const Row& row) {
    return std::tie(row.origin.line, row.origin.column, row.outcome, row.impact, row.setting,
                    row.before, row.wanted, row.got, row.origin.file, row.message);
}

/// Where a group is while others of its plugin may follow.
struct Place {
    std::size_t plugin = 0;
    std::size_t group = 0;
};

Place new_group(std::vector<std::vector<RowGroup>>& plugins, const Row& row) {
    RowGroup group{.first = &row, .rows = {}};
    auto own = std::ranges::find(plugins, group.plugin(), [](const std::vector<RowGroup>& groups) {
        return groups.front().plugin();
    });
    if (own == plugins.end()) {
        own = plugins.emplace(own);
    }
    own->push_back(std::move(group));
    return {.plugin = static_cast<std::size_t>(own - plugins.begin()), .group = own->size() - 1};
}

}  // namespace

std::string RowGroup::targets() const {
    if (rows.size() == 1) {
        return first->target.text();
    }
    std::vector<std::pair<std::string, CpuSet>> ranges;
    std::vector<std::string> names;
    for (const Row* row : rows) {
        const auto number = numbered(row->target);
        if (!number) {
            names.push_back(row->target.text());
            continue;
        }
        auto found =
            std::ranges::find(ranges, number->stem, &std::pair<std::string, CpuSet>::first);
        if (found == ranges.end()) {
            ranges.emplace_back(number->stem, CpuSet());
            found = std::prev(ranges.end());
        }
        found->second.add(number->number);
    }
    for (const auto& [stem, numbers] : ranges) {
        names.push_back(stem + numbers.list());
    }
    if (names.size() > most_names) {
        const std::size_t more = names.size() - most_names + 1;
        names.resize(most_names - 1);
        names.push_back(fmt::format("{} more", more));
    }
    return joined(names);
}

std::string_view RowGroup::plugin() const {
    return std::string_view(first->setting).substr(0, first->setting.find('.'));
}

std::vector<RowGroup> grouped(std::span<const Row> rows, bool (*wanted)(const Row&)) {
    std::vector<std::vector<RowGroup>> plugins;
    std::map<decltype(key_of(*rows.begin())), Place> places;
    for (const Row& row : rows) {
        if (!wanted(row)) {
            continue;
        }
        const auto [place, is_new] = places.try_emplace(key_of(row));
        if (is_new) {
            place->second = new_group(plugins, row);
        }
        plugins[place->second.plugin][place->second.group].rows.push_back(&row);
    }
    std::vector<RowGroup> groups;
    groups.reserve(places.size());
    for (std::vector<RowGroup>& of_plugin : plugins) {
        std::ranges::move(of_plugin, std::back_inserter(groups));
    }
    return groups;
}

std::string short_origin(const Origin& origin) {
    if (origin.line == 0) {
        return origin.text();
    }
    std::string text = origin.file.substr(origin.file.rfind('/') + 1);  // after none: all of it
    text += ':';
    text += std::to_string(origin.line);
    return text;
}

std::string failure_line(const Row& row) {
    const std::string origin = row.origin.text();
    return fmt::format("{}{}{} on {}: {}", origin, origin.empty() ? "" : ": ", row.setting,
                       row.target.text(),
                       row.message.empty() ? std::string(name_of(row.outcome)) : row.message);
}

std::size_t count_of(std::span<const Row> rows, Outcome outcome) noexcept {
    return static_cast<std::size_t>(std::ranges::count(rows, outcome, &Row::outcome));
}

}  // namespace nanotune::cli
