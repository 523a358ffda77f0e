// The kernel takes any partition that it is asked for, and says afterwards whether it is one.
#include "cpuset_bank.hpp"

#include <optional>

#include <fmt/format.h>

#include <nanotune/dependent_writes.hpp>

namespace nanotune::process {
namespace {

constexpr std::string_view root = "/sys/fs/cgroup";

bool has_cpuset(Files& files, const std::string& folder) {
    return files.exists(folder + "/cpuset.cpus");
}

bool is_unit(std::string_view name) {
    return name.ends_with(".service") || name.ends_with(".scope") || name.ends_with(".slice");
}

void add_below(Files& files, const std::string& folder, std::vector<Candidate>& found) {
    for (const std::string& name : files.list(folder).value_or(std::vector<std::string>{})) {
        const std::string group = folder + "/" + name;
        if (!files.exists(group + "/cgroup.procs")) {
            continue;
        }
        Candidate candidate{.target = {.kind = "cgroup", .name = group},
                            .facts = {{"cgroup", group.substr(root.size() + 1)}}};
        if (folder != root) {
            candidate.facts.emplace_back("cgroup", name);
        }
        if (is_unit(name)) {
            candidate.facts.emplace_back("unit", name);
        }
        found.push_back(std::move(candidate));
        if (has_cpuset(files, group)) {
            add_below(files, group, found);
        }
    }
}

std::string above(const std::string& group) {
    return group.substr(0, group.rfind('/'));
}

/// What the group above has of it, for which an empty list stands. Nothing where it does not say.
std::optional<Value> inherited(Files& files, const Target& group, const Tunable& tunable) {
    const bool is_of_nodes = tunable.domain.numbers == Domain::Numbers::nodes;
    const auto text = files.read(
        above(group.name) + (is_of_nodes ? "/cpuset.mems.effective" : "/cpuset.cpus.effective"));
    auto value = text ? from_kernel(tunable.domain, *text) : Result<Value>(CpuSet());
    return text && value ? std::optional(*std::move(value)) : std::nullopt;
}

/// A group has cpusets where the one above hands them on.
Error without_cpuset(const std::string& group, Error error) {
    error.code = ErrorCode::unsupported;
    error.message = fmt::format(
        "{} has no cpusets: {}/cgroup.subtree_control must hand on cpuset (AllowedCPUs= of a unit "
        "has systemd do that)",
        group, above(group));
    return error;
}

std::string partition_file(const Target& group) {
    return group.name + "/cpuset.cpus.partition";
}

bool is_partition(const Tunable& tunable) {
    return tunable.domain.kind == Domain::Kind::choice;
}

/// "isolated invalid (Parent is not a partition root)"
bool is_invalid(std::string_view text) {
    return text.contains(" invalid");
}

Status is_in_force(Files& files, const Target& group, const Assignment& assignment) {
    const auto* wanted = std::get_if<std::string>(&assignment.value);
    if (wanted == nullptr || is_invalid(*wanted)) {
        return {};
    }
    NT_TRY(const std::string text, files.read(partition_file(group)));
    return is_invalid(text)
               ? failure(ErrorCode::refused, fmt::format("{} says {}", partition_file(group), text))
               : Status{};
}

/// What the file said before may be a state rather than a word that it takes.
Assignment writable(const Assignment& assignment) {
    const auto* word = std::get_if<std::string>(&assignment.value);
    return word == nullptr ? assignment
                           : Assignment{.tunable = assignment.tunable,
                                        .value = word->substr(0, word->find(' '))};
}

}  // namespace

Result<std::vector<Candidate>> cgroups(System& system) {
    std::vector<Candidate> found;
    const auto controllers = system.files().read(std::string(root) + "/cgroup.controllers");
    if (controllers && controllers->contains("cpuset")) {
        add_below(system.files(), std::string(root), found);
    }
    return found;
}

std::vector<Result<Reading>> CpusetBank::read(System& system, const Target& target,
                                              std::span<const Tunable* const> wanted) const {
    auto readings = FileBank::read(system, target, wanted);
    for (auto& reading : readings) {
        if (!reading && reading.error().code == ErrorCode::not_found &&
            system.files().exists(target.name + "/cgroup.procs") &&
            !has_cpuset(system.files(), target.name)) {
            reading = std::unexpected(without_cpuset(target.name, std::move(reading).error()));
        }
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (readings[i] && readings[i]->value == Value(CpuSet())) {
            readings[i]->value =
                inherited(system.files(), target, *wanted[i]).value_or(readings[i]->value);
        } else if (!readings[i] && is_partition(*wanted[i])) {
            const auto text = system.files().read(partition_file(target));
            if (text && is_invalid(*text)) {
                readings[i] = Reading{.value = *text};
            }
        }
    }
    return readings;
}

/// The kernel lets nobody empty a list again while the group has processes. Then it is said in so
/// many words what the empty one stood for.
Status CpusetBank::written(System& system, const Target& target,
                           const Assignment& assignment) const {
    const auto write = [&](const Assignment& one) {
        return FileBank::write(system, target, std::span(&one, 1)).front();
    };
    const bool is_list = assignment.tunable->domain.kind == Domain::Kind::cpus;
    if (is_list && inherited(system.files(), target, *assignment.tunable) == assignment.value &&
        write({assignment.tunable, CpuSet()})) {
        return {};
    }
    NT_CHECK(write(writable(assignment)));
    return is_partition(*assignment.tunable) ? is_in_force(system.files(), target, assignment)
                                             : Status{};
}

std::vector<Status> CpusetBank::write(System& system, const Target& target,
                                      std::span<const Assignment> assignments) const {
    return written_in_turn(assignments, [&](const Assignment& assignment) {
        return written(system, target, assignment);
    });
}

}  // namespace nanotune::process
