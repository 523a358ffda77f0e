#include "session.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include "text_file.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t size_limit = 4UL * 1024 * 1024;
constexpr int most_ancestors = 16;

std::string connection_of(long process) {
    constexpr std::string_view name = "SSH_CONNECTION=";
    const auto block = read_text_file(fmt::format("/proc/{}/environ", process), size_limit);
    if (!block) {
        return "";
    }
    std::string_view rest = *block;
    while (!rest.empty()) {
        const std::string_view entry = rest.substr(0, rest.find('\0'));
        if (entry.starts_with(name)) {
            return std::string(entry.substr(name.size()));
        }
        rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
    }
    return "";
}

/// The parent's number; 0 for none.
long parent_of(long process) {
    const auto stat = read_text_file(fmt::format("/proc/{}/stat", process), size_limit);
    // "12 (name) S 1 ...": the name may hold anything, also parentheses.
    const std::size_t end = stat ? stat->rfind(')') : std::string::npos;
    if (end == std::string::npos || end + 4 >= stat->size()) {
        return 0;
    }
    return std::strtol(stat->c_str() + end + 4, nullptr, 10);
}

}  // namespace

std::string local_address_of(std::string_view connection) {
    for (int word = 0; word < 2; ++word) {
        const std::size_t blank = connection.find(' ');
        if (blank == std::string_view::npos) {
            return "";
        }
        connection.remove_prefix(blank + 1);
    }
    const std::string_view address = connection.substr(0, connection.find(' '));
    return std::string(address.substr(0, address.find('%')));
}

std::string session_address(std::string_view connection) {
    if (!connection.empty()) {
        return local_address_of(connection);
    }
    long process = ::getppid();
    for (int depth = 0; depth < most_ancestors && process > 1; ++depth) {
        if (const std::string found = connection_of(process); !found.empty()) {
            return local_address_of(found);
        }
        process = parent_of(process);
    }
    return "";
}

}  // namespace nanotune::cli
