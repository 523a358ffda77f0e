// One remembered star is enough: a later star makes every earlier choice irrelevant.
#include "glob.hpp"

#include <algorithm>
#include <optional>

namespace nanotune {
namespace {

struct Step {
    bool fits;
    std::size_t next;  // where the pattern goes on
};

// The bracket that opens at `at`, or a literal '[' where none closes it.
Step bracket(std::string_view pattern, std::size_t at, char letter) noexcept {
    std::size_t i = at + 1;
    const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
    i += negated ? 1U : 0U;
    bool found = false;
    for (const std::size_t first = i; i < pattern.size(); ++i) {
        if (pattern[i] == ']' && i > first) {
            return {found != negated, i + 1};
        }
        if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
            found = found || (pattern[i] <= letter && letter <= pattern[i + 2]);
            i += 2;
        } else {
            found = found || pattern[i] == letter;
        }
    }
    return {letter == '[', at + 1};
}

Step step(std::string_view pattern, std::size_t at, char letter) noexcept {
    switch (pattern[at]) {
        case '?':
            return {true, at + 1};
        case '[':
            return bracket(pattern, at, letter);
        default:
            return {pattern[at] == letter, at + 1};
    }
}

}  // namespace

bool is_glob(std::string_view text) noexcept {
    return text.find_first_of("*?[") != std::string_view::npos;
}

bool glob_matches(std::string_view pattern, std::string_view name) noexcept {
    std::size_t p = 0;
    std::size_t n = 0;
    std::optional<std::size_t> star;
    std::size_t star_name = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_name = n;
            continue;
        }
        if (p < pattern.size()) {
            if (const Step taken = step(pattern, p, name[n]); taken.fits) {
                p = taken.next;
                ++n;
                continue;
            }
        }
        if (!star) {
            return false;
        }
        p = *star + 1;
        n = ++star_name;
    }
    return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(),
                       [](char letter) { return letter == '*'; });
}

}  // namespace nanotune
