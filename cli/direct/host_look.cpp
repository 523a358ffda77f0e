#include "host_look.hpp"

#include <fmt/core.h>

#include "engine/foreseen.hpp"
#include "engine/host_topology.hpp"
#include "engine/host_view.hpp"

namespace nanotune::cli {

namespace {

template <typename T>
Checked<T> checked(Result<T> found) {
    if (!found) {
        return std::unexpected(Problems{std::move(found).error()});
    }
    return *std::move(found);
}

}  // namespace

template <typename T>
Checked<T> HostLook::looked(std::function<Checked<T>(Survey&)> look) const {
    // Alive as long as the thread that works on it, given up or not.
    struct Run {
        explicit Run(const SystemFactory& systems) : calls(systems), survey(calls) {}
        CallRunner calls;
        Survey survey;
        Checked<T> found = std::unexpected(Problems());  // until it has looked
    };
    const auto run = std::make_shared<Run>(systems_);
    const Status done = run->calls.supervised(
        time_, [run, look = std::move(look)] { run->found = look(run->survey); });
    return done ? std::move(run->found) : std::unexpected(Problems{done.error()});
}

Checked<HostTopology> HostLook::topology() const {
    return looked<HostTopology>([](Survey& survey) { return checked(host_topology(survey)); });
}

Checked<std::string> HostLook::command_line() const {
    return looked<std::string>([](Survey& survey) -> Checked<std::string> {
        NT_TRY(auto line,
               checked(survey.calls().ask("reading the kernel command line", [](System& system) {
                   return system.files().read("/proc/cmdline");
               })));
        return checked(std::move(line));
    });
}

Checked<CpuContext> HostLook::cpu_context(const ResolvedProfile& profile) const {
    return looked<CpuContext>(
        [profile](Survey& survey) { return Desires(profile, survey).context(Stage::processes); });
}

Checked<CpuSet> HostLook::cpus(const ResolvedProfile& profile, std::string_view expression) const {
    return looked<CpuSet>(
        [profile, expression = std::string(expression)](Survey& survey) -> Checked<CpuSet> {
            NT_TRY(const CpuContext context, Desires(profile, survey).context(Stage::processes));
            const Foreseen nothing;
            const HostView view(
                profile, survey, Stage::processes,
                [&context]() -> const CpuContext& { return context; }, nothing);
            return checked(cpus_of(expression, view));
        });
}

Status HostLook::has(const SettingRef& setting) const {
    const auto found = looked<bool>([setting](Survey& survey) -> Checked<bool> {
        NT_TRY(const auto* candidates, checked(survey.candidates(setting.bank->discovery())));
        Error missing{.code = ErrorCode::not_found,
                      .message = fmt::format("this host has nothing with {}", setting.full_name())};
        for (const Candidate& candidate : *candidates) {
            NT_TRY(auto readings,
                   checked(survey.read(std::vector{Place{setting, candidate.target}})));
            if (readings.front()) {
                return true;
            }
            missing = std::move(readings.front())
                          .error()
                          .within(fmt::format("this host has nothing with {}; {}",
                                              setting.full_name(), candidate.target.text()));
        }
        return std::unexpected(Problems{std::move(missing)});
    });
    return found ? Status() : std::unexpected(found.error().front());
}

}  // namespace nanotune::cli
