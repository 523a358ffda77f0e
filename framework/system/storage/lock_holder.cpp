#include "system/storage/lock_holder.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>
#include <nanotune/words.hpp>

#include "system/storage/process_start.hpp"

namespace nanotune {

namespace {

constexpr std::size_t note_limit = 4096;  // with the end of its line
constexpr std::size_t proc_limit = 16UL << 20;

struct Note {
    long process = 0;
    std::string started;
    std::string command;
};

std::string first_line(const std::string& path) {
    auto text = read_file(path, note_limit).value_or(std::string());
    text.erase(std::min(text.find('\n'), text.size()));
    return text;
}

Note note_in(const std::string& path) {
    const std::string line = first_line(path);
    const auto words = split_words(line);
    Note note;
    if (words.size() > 2) {
        note.process = leading_number<long>(words[0]).value_or(0);
        note.started = words[1];
        note.command = line.substr(static_cast<std::size_t>(words[2].data() - line.data()));
    }
    return note;
}

/// As /proc/locks has it: "3: FLOCK  ADVISORY  WRITE 1234 00:1a:5678 0 EOF". Those that wait have a
/// "->" behind their number. 0 for none.
long process_with_lock(const struct stat& file, long likely) {
    const std::string locks = read_file("/proc/locks", proc_limit).value_or(std::string());
    const std::string number = fmt::format(":{}", file.st_ino);
    const std::string device = fmt::format("{:02x}:{:02x}", major(file.st_dev), minor(file.st_dev));
    for (std::string_view rest = locks; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const auto words = split_words(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        // Who only asks for the holder holds it for reading.
        if (words.size() < 6 || words[1] != "FLOCK" || words[3] != "WRITE") {
            continue;
        }
        const long process = leading_number<long>(words[4]).value_or(0);
        const std::string_view object = words[5];
        // Stacked file systems tell files and locks different devices.
        if (process > 0 && object.ends_with(number) &&
            (object == device + number || process == likely)) {
            return process;
        }
    }
    return 0;
}

std::string command_of(long process) {
    auto words =
        read_file(fmt::format("/proc/{}/cmdline", process), note_limit).value_or(std::string());
    while (words.ends_with('\0')) {
        words.pop_back();
    }
    std::ranges::replace(words, '\0', ' ');
    return words.empty() ? "a command that is not to be seen" : words;
}

}  // namespace

std::string lock_note(std::string_view command) {
    return fmt::format("{} {} {}", getpid(), start_of(getpid()), command).substr(0, note_limit - 1);
}

std::string LockHolder::text() const {
    return fmt::format("{} (process {}: {})", name, process, command);
}

std::optional<LockHolder> lock_holder(const Descriptor& file, const std::string& path) {
    struct stat status{};
    if (fstat(file.number(), &status) != 0) {
        return std::nullopt;
    }
    const Note note = note_in(path);
    const bool is_alive =
        note.process > 0 && !note.started.empty() && start_of(note.process) == note.started;
    const long process = process_with_lock(status, is_alive ? note.process : 0);
    if (process == 0 && !is_alive) {
        return std::nullopt;
    }
    const long holder = process != 0 ? process : note.process;
    const bool is_noted = is_alive && note.process == holder;
    return LockHolder{.process = holder,
                      .name = first_line(fmt::format("/proc/{}/comm", holder)),
                      .command = is_noted ? note.command : command_of(holder)};
}

}  // namespace nanotune
