// Words without a stream, which would bring the locales into the plugin.
#pragma once

#include <string_view>
#include <vector>

namespace nanotune::sysctl {

[[nodiscard]] inline std::vector<std::string_view> words_in(std::string_view text) {
    constexpr std::string_view blanks = " \t\n";
    std::vector<std::string_view> words;
    for (auto start = text.find_first_not_of(blanks); start != std::string_view::npos;
         start = text.find_first_not_of(blanks)) {
        text.remove_prefix(start);
        words.push_back(text.substr(0, text.find_first_of(blanks)));
        text.remove_prefix(words.back().size());
    }
    return words;
}

}  // namespace nanotune::sysctl
