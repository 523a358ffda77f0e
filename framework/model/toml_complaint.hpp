// What the TOML library says of a text that is no TOML, as an author can read it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nanotune {

/// `description` is the library's, of the text's line.
[[nodiscard]] std::string complaint(std::string_view text, std::uint32_t line,
                                    std::string_view description);

/// The first line with a key of so many parts that taking it apart would need a stack without end;
/// 0 where there is none.
[[nodiscard]] std::uint32_t endless_key_line(std::string_view text);

}  // namespace nanotune
