// One entry is a group of lines and a line with a dot: "=KEY<tab>TEXT" or "-KEY", with newlines and
// backslashes escaped.
#include "support/write_log.hpp"

#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

namespace nanotune::test {

namespace {

std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '\n' || c == '\\') {
            result += '\\';
            result += c == '\n' ? 'n' : '\\';
        } else {
            result += c;
        }
    }
    return result;
}

std::string plain(const std::string& text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) {
            ++at;
            result += text[at] == 'n' ? '\n' : text[at];
        } else {
            result += text[at];
        }
    }
    return result;
}

void put(Cells& cells, const std::string& line) {
    const std::size_t tab = line.find('\t');
    if (line.starts_with('-')) {
        cells.erase(line.substr(1));
    } else if (tab != std::string::npos) {
        cells[line.substr(1, tab - 1)] = plain(line.substr(tab + 1));
    }
}

}  // namespace

void replay(const std::string& path, Cells& cells) {
    std::ifstream file(path);
    std::vector<std::string> entry;
    for (std::string line; std::getline(file, line);) {
        if (line != ".") {
            entry.push_back(line);
            continue;
        }
        for (const std::string& each : entry) {
            put(cells, each);
        }
        entry.clear();
    }
}

void append(const std::string& path, const Cells& cells, const std::vector<std::string>& changed) {
    std::string entry;
    for (const std::string& key : changed) {
        const auto found = cells.find(key);
        entry += found == cells.end() ? "-" + key : "=" + key + "\t" + escaped(found->second);
        entry += '\n';
    }
    entry += ".\n";
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const auto written = ::write(fd, entry.data(), entry.size());
    if (::close(fd) != 0 || written != static_cast<ssize_t>(entry.size())) {
        std::abort();
    }
}

}  // namespace nanotune::test
