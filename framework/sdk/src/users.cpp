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

struct User {
    std::string_view name;
    std::string_view number;
};

/// Of the next line, which is taken off. Nothing for one that tells of none.
std::optional<User> take_user(std::string_view& passwd) {
    const std::string_view line = take_line(passwd);
    const auto name_end = line.find(':');
    const auto number = line.find(':', name_end + 1);
    if (name_end == std::string_view::npos || number == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view tail = line.substr(number + 1);
    return User{.name = line.substr(0, name_end), .number = tail.substr(0, tail.find(':'))};
}

}  // namespace

UserNames user_names(std::string_view passwd) {
    UserNames names;
    while (!passwd.empty()) {
        if (const auto user = take_user(passwd)) {
            names.emplace(user->number, user->name);
        }
    }
    return names;
}

std::optional<std::string_view> user_name(std::string_view passwd, std::string_view number) {
    while (!passwd.empty()) {
        const auto user = take_user(passwd);
        if (user && user->number == number) {
            return user->name;
        }
    }
    return std::nullopt;
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
