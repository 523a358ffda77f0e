#include "host_file_words.hpp"

#include <fmt/format.h>

#include <nanotune/numbers.hpp>

namespace nanotune {

const std::string* text_in(const ProfileNode& node) {
    return node.value ? std::get_if<std::string>(&node.value->content) : nullptr;
}

std::string spelled(const ProfileNode& node) {
    return node.value ? node.value->spelling() : "a table";
}

std::optional<std::string> words_in(const ProfileNode& node) {
    if (const std::string* text = text_in(node)) {
        return *text;
    }
    const auto* list = node.value ? std::get_if<InputList>(&node.value->content) : nullptr;
    if (list == nullptr) {
        return std::nullopt;
    }
    std::string words;
    for (const Input& element : *list) {
        const auto* text = std::get_if<std::string>(&element.content);
        if (text == nullptr) {
            return std::nullopt;
        }
        words += fmt::format("{}{}", words.empty() ? "" : ",", *text);
    }
    return words;
}

std::optional<std::chrono::seconds> seconds_in(const ProfileNode& node,
                                               std::chrono::seconds longest) {
    std::int64_t seconds = -1;
    if (const auto* number =
            node.value ? std::get_if<std::int64_t>(&node.value->content) : nullptr) {
        seconds = *number;
    } else if (const std::string* text = text_in(node); text != nullptr && !text->empty()) {
        const bool is_minutes = text->ends_with('m');
        const std::string_view digits = std::string_view(*text).substr(
            0, text->size() - (is_minutes || text->ends_with('s') ? 1 : 0));
        const auto count = whole_number<std::int64_t>(digits);
        if (count && *count >= 0 && *count <= longest.count()) {
            seconds = is_minutes ? *count * 60 : *count;
        }
    }
    return seconds < 0 || seconds > longest.count() ? std::nullopt
                                                    : std::optional(std::chrono::seconds(seconds));
}

}  // namespace nanotune
