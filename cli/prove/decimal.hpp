// Decimal numbers, as people and programs write them.
#pragma once

#include <optional>
#include <string_view>

namespace nanotune::cli::prove {

/// Nothing where `text` is not one finite number from end to end.
[[nodiscard]] std::optional<double> decimal_number(std::string_view text);

}  // namespace nanotune::cli::prove
