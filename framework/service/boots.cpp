#include "service/boots.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "system/storage/storage.hpp"

namespace nanotune {

namespace {

constexpr std::size_t boots_size_limit = 4096;
constexpr unsigned most_failed = 2;

}  // namespace

/// The file has how many boots in a row were not seen to end well, and the last one's identity.
Status Boots::begin(const std::string& boot) const {
    unsigned failed = 0;
    std::string last;
    if (const auto text = read_file(path_, boots_size_limit)) {
        const char* end = text->data() + text->size();
        const auto [rest, error] = std::from_chars(text->data(), end, failed);
        last = error == std::errc() && rest != end ? std::string(rest + 1, end) : "";
        last.resize(std::min(last.find('\n'), last.size()));
    } else if (text.error().code != ErrorCode::not_found) {
        return std::unexpected(text.error());
    }
    if (last == boot) {
        failed -= std::min(failed, 1U);  // this very boot is no failed one yet
    }
    if (failed >= most_failed) {
        return failure(ErrorCode::refused,
                       fmt::format("the last {} boots did not end well: nothing is applied; apply "
                                   "the profile by hand, and the next boot applies it again",
                                   failed));
    }
    NT_CHECK(make_folder(folder_));
    return replace_file(path_, fmt::format("{} {}\n", failed + 1, boot));
}

Status Boots::succeed() const {
    return remove_file(path_);
}

bool is_switched_off(std::string_view command_line) {
    while (!command_line.empty()) {
        const std::string_view word = command_line.substr(0, command_line.find_first_of(" \n"));
        if (word == "nanotune.off" || word == "nanotune.off=1") {
            return true;
        }
        command_line.remove_prefix(std::min(word.size() + 1, command_line.size()));
    }
    return false;
}

}  // namespace nanotune
