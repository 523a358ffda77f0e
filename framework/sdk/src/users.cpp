#include <algorithm>

#include <nanotune/users.hpp>
#include <nanotune/words.hpp>

namespace nanotune {

namespace {

std::string_view take_line(std::string_view& text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

}  // namespace

UserNames user_names(std::string_view passwd) {
    UserNames names;
    while (!passwd.empty()) {
        const std::string_view line = take_line(passwd);
        const auto name_end = line.find(':');
        const auto number = line.find(':', name_end + 1);
        if (name_end != std::string_view::npos && number != std::string_view::npos) {
            const std::string_view tail = line.substr(number + 1);
            names.emplace(tail.substr(0, tail.find(':')), line.substr(0, name_end));
        }
    }
    return names;
}

std::string effective_user(std::string_view status) {
    while (!status.empty()) {
        const auto words = split_words(take_line(status));
        if (words.size() > 2 && words.front() == "Uid:") {
            return std::string(words[2]);
        }
    }
    return {};
}

}  // namespace nanotune
