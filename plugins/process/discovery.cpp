// Everything here may end while it is looked at: what cannot be read is left out.
#include "discovery.hpp"

#include <nanotune/users.hpp>

#include "cgroup.hpp"
#include "task_stat.hpp"

namespace nanotune::process {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

/// A program whose file was replaced, as by an upgrade of its package, is what it was.
std::string without_fate(std::string program) {
    constexpr std::string_view replaced = " (deleted)";
    if (program.ends_with(replaced)) {
        program.resize(program.size() - replaced.size());
    }
    return program;
}

void add_program(Files& files, const std::string& folder, Facts& facts) {
    if (auto name = files.link_name(folder + "/exe")) {
        facts.emplace_back("exe", without_fate(*std::move(name)));
    }
    if (auto path = files.resolved(folder + "/exe")) {
        facts.emplace_back("exe", without_fate(*std::move(path)));
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
    if (std::string number = effective_user(files.read(folder + "/status").value_or(""));
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
    const UserNames users = user_names(files.read("/etc/passwd").value_or(""));
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
