// How a fake kernel and its drivers answer writes: each behaviour belongs to the cells that a
// pattern fits.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/cells.hpp"

namespace nanotune::test {

/// One attempt to put a text into a cell.
struct Write {
    std::string key;
    std::string text;
};

/// A no, with the kernel's words where it has some.
struct Refusal {
    int error = 0;
    std::string words = {};
    std::string when = "*";  ///< pattern of the texts that are refused
    unsigned after = 0;      ///< writes let through before the first refusal
    unsigned times = std::numeric_limits<unsigned>::max();
};

using Check = std::function<std::optional<Refusal>(const Cells&, const Write&)>;
/// The text that the cell will hold instead.
using Adjustment = std::function<std::string(const Cells&, const Write&)>;
/// Runs after the cell holds its new text.
using Effect = std::function<void(Edit&, const Write&)>;

template <typename What>
struct ForCells {
    std::string pattern;
    What what;
};

/// A value: copied with the host that it belongs to.
struct Behaviours {
    std::vector<ForCells<Check>> checks;
    std::vector<ForCells<Adjustment>> adjustments;
    std::vector<ForCells<Effect>> effects;
    std::vector<std::string> ignored;
    std::vector<std::string> hanging;
    std::vector<std::string> hanging_reads;
    std::vector<std::string> read_only;
    std::vector<std::string> unreadable;
};

[[nodiscard]] bool any_fits(const std::vector<std::string>& patterns, std::string_view key);

/// The text with its leading number replaced: "512/4" and 256 give "256/4".
[[nodiscard]] std::string with_number(const std::string& text, long long number);

/// "always [madvise] never" with another word chosen; nothing where the word is not among them.
[[nodiscard]] std::optional<std::string> with_choice(const std::string& shown,
                                                     std::string_view word);

}  // namespace nanotune::test
