#include "words.hpp"

#include <algorithm>

#include <nanotune/numbers.hpp>

namespace nanotune::facts {

namespace {

std::vector<std::string_view> parts(std::string_view text, std::string_view between) {
    std::vector<std::string_view> all;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(between), text.size()));
        if (text.empty()) {
            return all;
        }
        all.push_back(text.substr(0, text.find_first_of(between)));
        text.remove_prefix(all.back().size());
    }
}

}  // namespace

std::vector<std::string_view> words(std::string_view text) {
    return parts(text, " \t\n");
}

std::vector<std::string_view> lines(std::string_view text) {
    return parts(text, "\n");
}

std::optional<std::uint64_t> number(std::string_view text, int base) {
    return whole_number<std::uint64_t>(text, base);
}

}  // namespace nanotune::facts
