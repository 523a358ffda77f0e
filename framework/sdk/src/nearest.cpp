// Edit distance over short words: profiles are typed by hand, and a typo deserves its correction.
#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>
#include <vector>

#include <nanotune/nearest.hpp>

namespace nanotune {
namespace {

// Keys are short; anything longer is no typo of one.
constexpr std::size_t longest_word = 64;

char lower(char letter) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        above[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
            const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                                 lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

/// eth1 and eth0 are two things, not one and a slip.
bool differ_in_numbers_only(std::string_view a, std::string_view b) {
    std::string letters[2];
    std::ranges::remove_copy_if(a, std::back_inserter(letters[0]), is_digit);
    std::ranges::remove_copy_if(b, std::back_inserter(letters[1]), is_digit);
    return letters[0] == letters[1] && !letters[0].empty() && a != b;
}

/// How many letters of what the two do not share as whole parts ("nic.") may be slips.
std::size_t slips_allowed(std::string_view a, std::string_view b) {
    std::size_t shared = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i) {
        shared = a[i] == '.' ? i + 1 : shared;
    }
    return std::max<std::size_t>(1, (std::max(a.size(), b.size()) - shared) / 3);
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> known) {
    const std::string* best = nullptr;
    std::size_t best_distance = 0;
    for (const std::string& candidate : known) {
        if (word.size() > longest_word || candidate.size() > longest_word) {
            continue;
        }
        const std::size_t allowed = slips_allowed(word, candidate);
        const auto [shorter, longer] = std::minmax({word.size(), candidate.size()});
        if (longer - shorter > allowed || differ_in_numbers_only(word, candidate)) {
            continue;
        }
        const std::size_t apart = distance(word, candidate);
        if (apart <= allowed && apart < longer && (best == nullptr || apart < best_distance)) {
            best = &candidate;
            best_distance = apart;
        }
    }
    return best == nullptr ? std::string() : *best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
    const std::string near = nearest(word, known);
    return near.empty() ? std::string() : "; did you mean " + near + "?";
}

}  // namespace nanotune
