#include "daemon/process_match.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include <nanotune/numbers.hpp>
#include <nanotune/users.hpp>

#include "model/glob.hpp"
#include "system/storage/file_facts.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::size_t enough = 4096;
constexpr std::size_t most_of_passwd = std::size_t{1} << 20U;

std::string first_line_of(const std::string& file) {
    const auto text = file_head(file, enough);
    return text ? text->substr(0, text->find('\n')) : std::string();
}

/// Any of the names on its way below the cgroup file system is a unit's.
bool is_in_unit(std::string_view pattern, std::string_view cgroup) {
    while (!cgroup.empty()) {
        const std::string_view name = cgroup.substr(0, cgroup.find('/'));
        if (glob_matches(pattern, name)) {
            return true;
        }
        cgroup.remove_prefix(std::min(name.size() + 1, cgroup.size()));
    }
    return false;
}

/// By number, or by its name in /etc/passwd; of one that only a directory service knows by name it
/// may be.
bool is_of_user(std::string_view pattern, const std::string& folder) {
    const std::string number = effective_user(file_head(folder + "/status", enough).value_or(""));
    if (number.empty()) {
        return false;
    }
    const std::string passwd = read_file("/etc/passwd", most_of_passwd).value_or("");
    const auto name = user_name(passwd, number);
    return !name || glob_matches(pattern, *name) || pattern == number;
}

bool fits(const std::string& folder, const std::string& key, const std::string& pattern) {
    if (key == "comm") {
        return glob_matches(pattern, first_line_of(folder + "/comm"));
    }
    if (key == "exe") {
        std::error_code error;
        const auto program = std::filesystem::read_symlink(folder + "/exe", error);
        return !error && glob_matches(pattern, program.string());
    }
    if (key == "unit") {
        return is_in_unit(pattern, first_line_of(folder + "/cgroup"));
    }
    // Threads of the kernel and control groups start no program.
    return key == "user" && is_of_user(pattern, folder);
}

}  // namespace

bool fits(const ProcessMatch& match, long process, const std::string& proc) {
    const std::string folder = fmt::format("{}/{}", proc, process);
    return file_facts(folder).has_value() && std::ranges::all_of(match, [&](const auto& each) {
               return fits(folder, each.first, each.second);
           });
}

std::optional<long> process_of(const Target& target) {
    const bool is_of_process = target.kind == "thread" || target.kind == "process";
    const auto process = leading_number<long>(target.name);
    return is_of_process && process.value_or(0) > 0 ? process : std::nullopt;
}

}  // namespace nanotune::daemon
