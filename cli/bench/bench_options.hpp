// What the commands of nanotune bench are told.
#pragma once

#include <cstdint>
#include <string_view>

#include "../commands/commands.hpp"
#include "../context.hpp"
#include "market_data.hpp"

namespace nanotune::cli::bench {

inline constexpr std::uint64_t most_packets = 100'000'000;
inline constexpr std::uint64_t fastest = 100'000'000;

/// Of an option; `otherwise` where it is not given. Errors: invalid.
[[nodiscard]] Result<std::uint64_t> number_in(const Context& context, std::string_view option,
                                              std::uint64_t otherwise, std::uint64_t least,
                                              std::uint64_t most);
/// What is sent, and to whom. Errors: invalid.
[[nodiscard]] Result<Feed> feed_in(const Context& context);

/// nanotune bench generate.
[[nodiscard]] Ended generate(const Context& context);

}  // namespace nanotune::cli::bench
