// Where ${name} stands in a text.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace nanotune {

/// What stands before a reference, the reference's name, and where the rest begins.
struct Reference {
    std::string_view before;
    std::string_view name;
    std::size_t end = 0;
    bool is_closed = true;
};

/// The first one, or nothing.
[[nodiscard]] std::optional<Reference> next_reference(std::string_view text);

/// The names between ${ and } of a text, in order; an unclosed one ends the list.
[[nodiscard]] std::vector<std::string_view> references_in(std::string_view text);

}  // namespace nanotune
