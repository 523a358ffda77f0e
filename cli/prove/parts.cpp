#include "parts.hpp"

#include <algorithm>
#include <span>

#include <fmt/core.h>

namespace nanotune::cli::prove {

namespace {

constexpr std::string_view origin_mark = "  # ";
constexpr std::string_view definitions[] = {"profile", "vars", "cpus"};
constexpr std::string_view selectors[] = {"match", "when", "layers"};

struct Line {
    std::string_view words;
    std::string_view origin;
};

Line parted(std::string_view line) {
    const auto mark = line.rfind(origin_mark);
    return mark == std::string_view::npos ? Line{.words = line, .origin = {}}
                                          : Line{.words = line.substr(0, mark),
                                                 .origin = line.substr(mark + origin_mark.size())};
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::vector<Part> parts_of(std::string_view merged) {
    std::vector<Part> parts;
    std::string_view section;
    for (std::size_t at = 0; at < merged.size();) {
        const std::size_t end = std::min(merged.find('\n', at), merged.size());
        const auto [words, origin] = parted(merged.substr(at, end - at));
        const std::size_t next = std::min(end + 1, merged.size());
        if (words.starts_with('[') && words.ends_with(']')) {
            section = words.substr(1, words.size() - 2);
        } else if (const auto equals = words.find(" = "); equals != std::string_view::npos) {
            const std::string_view key = words.substr(0, words.find_first_of(" ."));
            if (!is_one_of(section, definitions) && !is_one_of(key, selectors)) {
                parts.push_back(
                    {.name = fmt::format("{}: {}", section, words),
                     .origin = std::string(origin),
                     .without = fmt::format("{}{}", merged.substr(0, at), merged.substr(next))});
            }
        }
        at = next;
    }
    return parts;
}

}  // namespace nanotune::cli::prove
