#include "decimal.hpp"

#include <cmath>
#include <cstdlib>
#include <string>

namespace nanotune::cli::prove {

// std::from_chars of a double would have every command load libm, for its rounding mode.
std::optional<double> decimal_number(std::string_view text) {
    if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string ended(text);
    char* end = nullptr;
    const double number = std::strtod(ended.c_str(), &end);
    if (text.empty() || end != ended.c_str() + ended.size() || !std::isfinite(number)) {
        return std::nullopt;
    }
    return number;
}

}  // namespace nanotune::cli::prove
