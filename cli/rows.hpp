// A report's rows as people want to see them: one line for the same thing on many targets, plugin
// by plugin.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/report.hpp"

namespace nanotune::cli {

/// Rows that differ in nothing but their target.
struct RowGroup {
    const Row* first = nullptr;
    std::vector<const Row*> rows;

    /// "eth0", "cpu2-15", "eth0/rx-0-3", "eth0, eth1 and 6 more".
    [[nodiscard]] std::string targets() const;
    /// "nic" of nic.mtu.
    [[nodiscard]] std::string_view plugin() const;
};

/// Every row for which `wanted` holds, plugins in the order in which they first appear. Points into
/// `rows`.
[[nodiscard]] std::vector<RowGroup> grouped(std::span<const Row> rows, bool (*wanted)(const Row&));

/// "hft.toml:14": the place without its folder and column.
[[nodiscard]] std::string short_origin(const Origin& origin);

/// "hft.toml:14:3: nic.mtu on eth0: MESSAGE", as the row's failure is told.
[[nodiscard]] std::string failure_line(const Row& row);

/// How many rows ended so.
[[nodiscard]] std::size_t count_of(std::span<const Row> rows, Outcome outcome) noexcept;

}  // namespace nanotune::cli
