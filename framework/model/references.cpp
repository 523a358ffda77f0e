#include "references.hpp"

namespace nanotune {

std::optional<Reference> next_reference(std::string_view text) {
    const std::size_t start = text.find("${");
    if (start == std::string_view::npos) {
        return std::nullopt;
    }
    const std::size_t close = text.find('}', start);
    if (close == std::string_view::npos) {
        return Reference{text.substr(0, start), text.substr(start), text.size(), false};
    }
    return Reference{text.substr(0, start), text.substr(start + 2, close - start - 2), close + 1,
                     true};
}

std::vector<std::string_view> references_in(std::string_view text) {
    std::vector<std::string_view> names;
    for (auto found = next_reference(text); found && found->is_closed;
         found = next_reference(text)) {
        names.push_back(found->name);
        text.remove_prefix(found->end);
    }
    return names;
}

}  // namespace nanotune
