// What the commands of nanotune bench are told.
#pragma once

#include <cstdint>
#include <string>
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

/// Why the last of so many packets did not leave, "" for none: `why` as below.
[[nodiscard]] std::string why_not_sent(std::uint64_t refused, int why);
/// Why none of so many packets left: `why` is the kernel's error, 0 for no room.
[[nodiscard]] std::unexpected<Error> nothing_sent(const std::string& target, std::uint64_t refused,
                                                  int why);

/// nanotune bench generate.
[[nodiscard]] Ended generate(const Context& context);

}  // namespace nanotune::cli::bench
