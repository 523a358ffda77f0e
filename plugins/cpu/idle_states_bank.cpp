// The kernel keeps a state closed (`disable`); a profile says which ones are open.
#include "idle_states_bank.hpp"

#include <set>

#include <nanotune/discover.hpp>

namespace nanotune::cpu {
namespace {

constexpr std::string_view prefix = "idle_states.";

constexpr Tunable state(std::string_view name) {
    return {.name = name,
            .domain = flag("0 | 1"),  // the file is called disable
            .summary = "Whether the core may enter the idle state of this name."};
}

constexpr Tunable common_states[] = {state("idle_states.POLL"), state("idle_states.C1"),
                                     state("idle_states.C1E"),  state("idle_states.C2"),
                                     state("idle_states.C3"),   state("idle_states.C6")};

std::string states_folder(std::string_view cpu) {
    return "/sys/devices/system/cpu/cpu" + std::string(cpu) + "/cpuidle";
}

// Its file `disable`.
Result<std::string> switch_of(Files& files, const Target& cpu, const Tunable& tunable) {
    const std::string_view wanted = tunable.name.substr(prefix.size());
    const std::string folder = states_folder(cpu.name);
    const auto states = files.list(folder);
    if (!states && states.error().code != ErrorCode::not_found) {
        return std::unexpected(states.error());
    }
    std::string offered;
    for (const std::string& state : states.value_or(std::vector<std::string>{})) {
        const auto name = files.read(folder + "/" + state + "/name");
        if (!name && name.error().code == ErrorCode::timed_out) {
            return std::unexpected(name.error());
        }
        if (name && *name == wanted) {
            return folder + "/" + state + "/disable";
        }
        offered += name ? " " + *name : std::string();
    }
    return failure(ErrorCode::unsupported,
                   cpu.text() + " has no idle state " + std::string(wanted) +
                       (offered.empty() ? ", nor any other" : "; it has" + offered));
}

}  // namespace

std::vector<const Tunable*> IdleStatesBank::tunables() const {
    std::vector<const Tunable*> all;
    for (const Tunable& common : common_states) {
        all.push_back(&common);
    }
    return all;
}

Result<std::optional<Tunable>> IdleStatesBank::open(std::string_view name) const {
    const std::string_view own_name =
        name.starts_with(prefix) ? name.substr(prefix.size()) : std::string_view{};
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    if (own_name.empty() || own_name.find_first_not_of(letters) != std::string_view::npos) {
        return std::nullopt;
    }
    return cpu::state(name);
}

std::vector<Tunable> IdleStatesBank::patterns() const {
    return {cpu::state("idle_states.NAME")};
}

std::vector<std::string> IdleStatesBank::open_names(System& system) const {
    std::set<std::string> names;
    for (const Candidate& cpu : discovery()(system).value_or(std::vector<Candidate>{})) {
        const std::string folder = states_folder(cpu.target.name);
        for (const std::string& state :
             system.files().list(folder).value_or(std::vector<std::string>{})) {
            if (const auto name = system.files().read(folder + "/" + state + "/name")) {
                names.insert(std::string(prefix) + *name);
            }
        }
    }
    for (const Tunable& common : common_states) {
        names.erase(std::string(common.name));
    }
    return {names.begin(), names.end()};
}

std::vector<Result<Reading>> IdleStatesBank::read(System& system, const Target& target,
                                                  std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        readings.push_back([&]() -> Result<Reading> {
            NT_TRY(const std::string path, switch_of(system.files(), target, *tunable));
            NT_TRY(const std::string text, system.files().read(path));
            NT_TRY(Value value, from_kernel(tunable->domain, text));
            return Reading{.value = std::move(value)};
        }());
    }
    return readings;
}

std::vector<Status> IdleStatesBank::write(System& system, const Target& target,
                                          std::span<const Assignment> assignments) const {
    std::vector<Status> outcomes;
    outcomes.reserve(assignments.size());
    for (const Assignment& assignment : assignments) {
        outcomes.push_back([&]() -> Status {
            NT_TRY(const std::string path, switch_of(system.files(), target, *assignment.tunable));
            return system.files().write(path,
                                        to_kernel(assignment.tunable->domain, assignment.value));
        }());
    }
    return outcomes;
}

Status IdleStatesBank::may_write(System& system, const Target& target,
                                 const Tunable& tunable) const {
    NT_TRY(const std::string path, switch_of(system.files(), target, tunable));
    return system.files().may_write(path);
}

Result<Inquiry> IdleStatesBank::witness(System& system, const Target& target,
                                        const Tunable& tunable) const {
    NT_TRY(std::string path, switch_of(system.files(), target, tunable));
    return Inquiry{.command = {"cat", std::move(path)}};
}

}  // namespace nanotune::cpu
