// Everything here may end while it is looked at: what cannot be read is left out.
#include "discovery.hpp"

#include <algorithm>
#include <map>

#include "cgroup.hpp"
#include "task_stat.hpp"

namespace nanotune::process {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;
using UserNames = std::map<std::string, std::string, std::less<>>;

std::string_view next_line(std::string_view& text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

/// "name:x:1000:..." of /etc/passwd by number. Users of a directory service keep their number.
UserNames user_names(Files& files) {
    UserNames names;
    const std::string passwd = files.read("/etc/passwd").value_or("");
    for (std::string_view rest = passwd; !rest.empty();) {
        const std::string_view line = next_line(rest);
        const auto name_end = line.find(':');
        const auto number = line.find(':', name_end + 1);
        if (name_end != std::string_view::npos && number != std::string_view::npos) {
            const std::string_view tail = line.substr(number + 1);
            names.emplace(tail.substr(0, tail.find(':')), line.substr(0, name_end));
        }
    }
    return names;
}

/// The effective one, as ps(1) shows it: "Uid:\treal\teffective\t..."
std::string user_number(std::string_view status) {
    while (!status.empty()) {
        const std::string_view line = next_line(status);
        if (!line.starts_with("Uid:")) {
            continue;
        }
        const auto real = line.find_first_of("0123456789");
        const auto gap = line.find_first_of(" \t", real);
        const auto effective = line.find_first_of("0123456789", gap);
        if (effective != std::string_view::npos) {
            return std::string(
                line.substr(effective, line.find_first_of(" \t", effective) - effective));
        }
    }
    return {};
}

void add_program(Files& files, const std::string& folder, Facts& facts) {
    constexpr std::string_view replaced = " (deleted)";
    if (auto name = files.link_name(folder + "/exe")) {
        if (name->ends_with(replaced)) {
            name->resize(name->size() - replaced.size());
        }
        facts.emplace_back("exe", *std::move(name));
    }
    if (auto path = files.resolved(folder + "/exe")) {
        facts.emplace_back("exe", *std::move(path));
    }
}

std::optional<Candidate> candidate(Files& files, const std::string& pid, const UserNames& users) {
    const std::string folder = "/proc/" + pid;
    const auto line = files.read(folder + "/stat");
    const auto stat = line ? TaskStat::from(*line) : std::nullopt;
    if (!stat || stat->state == 'Z' || stat->state == 'X') {
        return std::nullopt;
    }
    Candidate found{.target = {.kind = "process", .name = pid + ":" + std::to_string(stat->start)},
                    .facts = {{"pid", pid}}};
    if (stat->is_kernel) {
        found.facts.emplace_back("kthread", stat->comm);
        return found;
    }
    found.facts.emplace_back("comm", stat->comm);
    add_program(files, folder, found.facts);
    if (std::string unit = unit_in(files.read(folder + "/cgroup").value_or("")); !unit.empty()) {
        found.facts.emplace_back("unit", std::move(unit));
    }
    if (std::string number = user_number(files.read(folder + "/status").value_or(""));
        !number.empty()) {
        if (const auto name = users.find(number); name != users.end()) {
            found.facts.emplace_back("user", name->second);
        }
        found.facts.emplace_back("user", std::move(number));
    }
    return found;
}

bool is_number(std::string_view name) {
    return name.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<std::vector<Candidate>> processes(System& system) {
    Files& files = system.files();
    NT_TRY(const auto names, files.list("/proc"));
    const UserNames users = user_names(files);
    std::vector<Candidate> found;
    for (const std::string& name : names) {
        if (is_number(name)) {
            if (auto process = candidate(files, name, users)) {
                found.push_back(*std::move(process));
            }
        }
    }
    return found;
}

Result<std::vector<Candidate>> none(System& /*system*/) {
    return std::vector<Candidate>{};
}

}  // namespace nanotune::process
