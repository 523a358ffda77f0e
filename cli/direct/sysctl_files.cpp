#include "sysctl_files.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "system/storage/file_facts.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t longest_sysctl_file = std::size_t{1} << 20U;
constexpr const char* folders[] = {"/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d",
                                   "/usr/lib/sysctl.d", "/lib/sysctl.d"};

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t first = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// "net/ipv4/conf/eth0.100/rp_filter" has dots where the file has slashes, and the other way round.
std::string with_dots(std::string_view key) {
    std::string dotted(key);
    const std::size_t first = dotted.find_first_of("./");
    if (first != std::string::npos && dotted[first] == '/') {
        for (char& letter : dotted) {
            letter = letter == '/' ? '.' : letter == '.' ? '/' : letter;
        }
    }
    return dotted;
}

void take(const std::string& file, std::map<std::string, SysctlLine>& winners) {
    const auto text = read_file(file, longest_sysctl_file);
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    for (unsigned number = 1; !rest.empty(); ++number) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        line = without_blanks(line);
        const std::size_t equals = line.find('=');
        if (line.empty() || line.front() == '#' || line.front() == ';' ||
            equals == std::string_view::npos) {
            continue;
        }
        std::string_view key = without_blanks(line.substr(0, equals));
        key.remove_prefix(key.starts_with('-') ? 1 : 0);  // whose failure is no error
        SysctlLine found{.key = with_dots(key),
                         .value = std::string(without_blanks(line.substr(equals + 1))),
                         .file = file,
                         .line = number};
        winners.insert_or_assign(found.key, std::move(found));
    }
}

}  // namespace

std::vector<SysctlLine> sysctl_lines(const std::string& root) {
    std::map<std::string, std::string> files;  // path by name
    for (const char* folder : folders) {
        const auto names = folder_names(root + folder);
        for (const std::string& name : names ? *names : std::vector<std::string>()) {
            if (name.ends_with(".conf")) {
                files.try_emplace(name, root + folder + "/" + name);
            }
        }
    }
    std::map<std::string, SysctlLine> winners;
    for (const auto& [name, path] : files) {
        take(path, winners);
    }
    take(root + "/etc/sysctl.conf", winners);
    std::vector<SysctlLine> lines;
    for (auto& [key, line] : winners) {
        lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace nanotune::cli
