// CPU expressions, taken apart: what can be said of them before the host is known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nanotune/error.hpp>

namespace nanotune {

/// A part of a CPU expression, between commas.
struct CpuTerm {
    enum class Kind { list, set, online, near, siblings };
    Kind kind = Kind::list;
    std::string_view
        text;  ///< the list, the set's name, the device of numa(), the CPU of siblings()
};

/// What may stand in one besides numbers: "housekeeping", "online", "numa(DEVICE)", ...
[[nodiscard]] std::vector<std::string> cpu_words();

/// Errors: invalid, with the nearest word.
[[nodiscard]] Result<std::vector<CpuTerm>> cpu_terms(std::string_view expression);

/// Whether it needs more than a list of numbers to be understood.
[[nodiscard]] bool has_cpu_words(std::string_view expression);

}  // namespace nanotune
