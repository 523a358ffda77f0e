// Reading and writing are one file each; what a name may be takes the space.
#include "sysctl_bank.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <nanotune/dependent_writes.hpp>
#include <nanotune/nearest.hpp>

#include "limits.hpp"
#include "refusals.hpp"
#include "sysctl_name.hpp"

namespace nanotune::sysctl {
namespace {

constexpr std::string_view core_pattern = "kernel.core_pattern";

/// Behind a "|" stands a program, which the kernel runs as root.
Result<std::string> core_file_in(std::string_view text) {
    return text.starts_with('|') ? failure(ErrorCode::invalid, "a profile never holds a command")
                                 : Result<std::string>(std::string(text));
}

constexpr Domain core_file = normal_text(core_file_in, "the name of a file");

/// What a version before this one has set is read, and put back, all the same.
Result<std::string> no_command(std::string_view /*text*/) {
    return failure(ErrorCode::invalid,
                   "it names a program that the kernel runs as root, and a profile never holds a "
                   "command");
}

constexpr Domain command = normal_text(no_command, "no value at all");

/// Whatever the host has besides the table.
constexpr Tunable any_other = {
    .name = "NAME", .domain = text(), .summary = "A sysctl that only the host knows."};

/// `open` let only proper names through.
std::string path_of(const Tunable& tunable) {
    return SysctlName::path_of(tunable.name).value_or(std::string());
}

/// Some files show what only the first network namespace sets, or what the hardware lacks, and have
/// a mode without any write in it.
Status is_for_somebody(Files& files, const Tunable& tunable) {
    Status may = files.may_write(path_of(tunable));
    return !may && may.error().code == ErrorCode::unsupported ? may : Status();
}

/// What it may have been meant for: another file of its folder.
std::string suggestion(Files& files, const SysctlName& name) {
    std::vector<std::string> names;
    const std::string path = name.path();
    if (const auto siblings = files.list(path.substr(0, path.rfind('/')))) {
        std::ranges::transform(*siblings, std::back_inserter(names),
                               [&](const std::string& file) { return name.beside(file).text(); });
    }
    return did_you_mean(name.text(), names);
}

/// A mask is as wide as the host has CPUs, and compares by what it says. Somebody else may have
/// written what no profile says.
Result<Value> value_of(const Domain& domain, const std::string& text) {
    if (domain.normal != nullptr) {
        if (auto normal = domain.normal(text)) {
            return Value(*std::move(normal));
        }
    }
    return from_kernel(domain, text);
}

Result<Reading> reading(Files& files, const Tunable& tunable) {
    const std::string path = path_of(tunable);
    const auto text = files.read(path);
    if (!text && text.error().code == ErrorCode::not_found) {
        const auto name = SysctlName::from(tunable.name);
        return failure(ErrorCode::unsupported,
                       fmt::format("this kernel, or this network namespace, has no {}{}", path,
                                   name ? suggestion(files, *name) : std::string()));
    }
    if (!text) {
        return std::unexpected(text.error());
    }
    auto value = value_of(tunable.domain, *text);
    if (!value) {
        return std::unexpected(std::move(value).error().within(path));
    }
    return Reading{.value = *std::move(value)};
}

}  // namespace

std::vector<const Tunable*> SysctlBank::tunables() const {
    std::vector<const Tunable*> all;
    all.reserve(known_.size());
    for (const Tunable& tunable : known_) {
        all.push_back(&tunable);
    }
    return all;
}

std::vector<Tunable> SysctlBank::patterns() const {
    std::vector<Tunable> all(families_.begin(), families_.end());
    all.push_back(any_other);
    return all;
}

Result<std::optional<Tunable>> SysctlBank::open(std::string_view name) const {
    if (!name.contains('.') && !name.contains('/')) {
        return std::nullopt;
    }
    const auto parts = SysctlName::from(name);
    if (!parts) {
        return failure(ErrorCode::refused, fmt::format("{} cannot name a sysctl", name));
    }
    const std::string spelled = parts->text();
    if (const auto reason = refusal_of(*parts)) {
        return failure(ErrorCode::refused, fmt::format("{} {}", spelled, *reason));
    }
    const auto known = std::ranges::find(known_, spelled, &Tunable::name);
    if (known != known_.end()) {
        return *known;
    }
    if (spelled != name) {
        return failure(ErrorCode::refused, fmt::format("{} is spelled {}", name, spelled));
    }
    Tunable opened = any_other;
    const auto family =
        std::ranges::find_if(families_, [&](const Tunable& row) { return parts->fits(row.name); });
    if (family != families_.end()) {
        opened = *family;
    }
    if (name == core_pattern) {
        opened.domain = core_file;
    } else if (is_command(*parts)) {
        opened.domain = command;
    }
    opened.name = name;
    if (parts->device().empty()) {  // so that no device is reset
        opened.impact = Impact::none;
        opened.carries = parts->is_given_to_devices() ? "{}" : "";
    }
    return opened;
}

std::string SysctlBank::device_in(const Tunable& tunable) const {
    // Asked of every sysctl in a journal, and few are of an interface.
    if (!tunable.name.contains("conf") && !tunable.name.contains("neigh")) {
        return {};
    }
    const auto name = SysctlName::from(tunable.name);
    return name ? name->device() : std::string();
}

std::string SysctlBank::name_for(const Tunable& tunable, std::string_view device) const {
    const auto name = SysctlName::from(tunable.name);
    return name && (!name->device().empty() || name->is_given_to_devices())
               ? name->of_device(device).text()
               : std::string(tunable.name);
}

std::vector<Result<Reading>> SysctlBank::read(System& system, const Target& /*target*/,
                                              std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        readings.push_back(reading(system.files(), *tunable));
    }
    return readings;
}

std::vector<Status> SysctlBank::write(System& system, const Target& /*target*/,
                                      std::span<const Assignment> assignments) const {
    return written_in_turn(assignments, [&system](const Assignment& assignment) {
        const std::string text = to_kernel(assignment.tunable->domain, assignment.value);
        // An empty write never reaches the kernel's handler; an empty line does.
        return system.files().write(path_of(*assignment.tunable), text.empty() ? "\n" : text);
    });
}

std::vector<Status> SysctlBank::may_hold(System& system, const Target& /*target*/,
                                         std::span<const Assignment> assignments) const {
    auto statuses = sysctl::may_hold(system.files(), assignments);
    for (std::size_t i = 0; i < assignments.size(); ++i) {
        if (statuses[i]) {
            statuses[i] = is_for_somebody(system.files(), *assignments[i].tunable);
        }
    }
    return statuses;
}

Status SysctlBank::may_write(System& system, const Target& /*target*/,
                             const Tunable& tunable) const {
    return system.files().may_write(path_of(tunable));
}

Result<Inquiry> SysctlBank::witness(System& /*system*/, const Target& /*target*/,
                                    const Tunable& tunable) const {
    constexpr std::string_view folder = "/proc/sys/";
    return Inquiry{.command = {"sysctl", "--values", path_of(tunable).substr(folder.size())},
                   .spelled = tunable.domain.normal};
}

}  // namespace nanotune::sysctl
