// The receive hash's indirection table as text: short, and the same for the same table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/error.hpp>

namespace nanotune::nic {

using HashTable = std::vector<std::uint32_t>;

/// The text for the kernel's own table: over all queues in turn.
inline constexpr std::string_view all_in_turn = "all";
/// The text for a table that gives all queues one block each, as some drivers make theirs.
inline constexpr std::string_view all_in_blocks = "blocks";

/// One of these words where the table is that for so many queues; otherwise its entries, repeated
/// ones as QUEUE*TIMES, a repeated pattern once with xTIMES behind it: "0 1 x64", "0*96 1*32".
[[nodiscard]] std::string text_of(const HashTable& table, std::uint32_t queues);

/// What a text means on a device with a table of so many entries and so many queues: nothing for
/// "all". Errors: invalid.
[[nodiscard]] Result<HashTable> table_in(std::string_view text, std::size_t entries,
                                         std::uint32_t queues);

/// As `text_of` would spell it. Errors: invalid.
[[nodiscard]] Result<std::string> normal_table(std::string_view text);

/// `entries` shared out to the queues in turn.
[[nodiscard]] HashTable dealt_in_turn(const std::vector<unsigned>& queues, std::size_t entries);
/// `entries` shared out in blocks as large as the weights ask for, which are as many as queues.
[[nodiscard]] HashTable dealt_by_weight(const std::vector<unsigned>& queues,
                                        const std::vector<std::uint64_t>& weights,
                                        std::size_t entries);

}  // namespace nanotune::nic
