// What a setting holds once its domain has understood it. Two values are equal when the setting is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <nanotune/cpu_set.hpp>
#include <nanotune/error.hpp>

namespace nanotune {

/// A flag, a whole number in the domain's unit, a word or text, or a set of CPUs (or nodes).
using Value = std::variant<bool, std::int64_t, std::string, CpuSet>;

/// The value as one self-describing text for the journal: "b1", "i1500", "sperformance", "c0-3".
[[nodiscard]] std::string encoded(const Value& value);

/// Reads what `encoded` wrote. Errors: damaged.
[[nodiscard]] Result<Value> decoded(std::string_view text);

}  // namespace nanotune
