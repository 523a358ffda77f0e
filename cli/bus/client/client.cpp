// The verbs that change something, and what all verbs do. A shared object of its own, loaded where
// a daemon runs.
#include "client.hpp"

#include <cstdint>

#include <fmt/core.h>

#include "../../failure.hpp"
#include "bus_service.hpp"

namespace nanotune::cli {

namespace {

bus::Facts facts_of(const Consent& consent) {
    std::string words;
    const auto add = [&words](bool is_given, std::string_view word) {
        if (is_given) {
            words += fmt::format("{}{}", words.empty() ? "" : ",", word);
        }
    };
    add(consent.drops, "drops");
    add(consent.bounces, "bounces");
    add(consent.moves, "moves");
    add(consent.clock, "clock");
    add(consent.management, "management");
    return words.empty() ? bus::Facts() : bus::Facts{bus::told("allow", words)};
}

}  // namespace

Report failed(std::string_view verb, Problems problems) {
    Report report;
    report.verb = verb;
    report.state = HostState::unknown;
    report.exit = Exit::refused;
    for (const Error& problem : problems) {
        report.exit = worse(report.exit, exit_of(problem.code));
    }
    report.problems = std::move(problems);
    return report;
}

Report report_of(JobEnd end) {
    Report report = bus::report_of(end.facts);
    report.rows = std::move(end.rows);
    return report;
}

bus::Facts BusService::looking() const {
    const std::string address = options_.session_address();
    return address.empty() ? bus::Facts() : bus::Facts{bus::told("session-address", address)};
}

bus::Facts BusService::options_of(const RollbackRequest& request) const {
    bus::Facts facts = looking();
    facts.merge(facts_of(request.consent));
    facts["all"] = sdbus::Variant(request.all);
    facts["force"] = sdbus::Variant(request.force);
    facts["timeout"] = sdbus::Variant(static_cast<std::uint32_t>(request.timeout.count()));
    return facts;
}

Checked<Service*> BusService::asked_here() {
    if (!here_) {
        auto opened = local_(options_);
        if (!opened) {
            return std::unexpected(Problems{std::move(opened).error()});
        }
        here_ = *std::move(opened);
    }
    return here_.get();
}

Result<JobEnd> BusService::run(const Begin& begin, const Waiting& waiting) {
    return daemon_->run(begin, waiting, options_.timeout, was_lost_);
}

/// What becomes of a change whose daemon is gone is not known here.
Report BusService::changing(std::string_view verb, const Begin& begin, ProgressSink progress) {
    auto end = run(begin, {.fetch = Fetch::rows,
                           .progress = std::move(progress),
                           .cancelled = verb == "apply" ? options_.cancelled : nullptr});
    if (end) {
        return report_of(*std::move(end));
    }
    Error error = std::move(end).error();
    if (was_lost_) {
        error.message = fmt::format(
            "nanotuned ended, or hangs, before it said what came of this, and how the host stands "
            "is not known here: {}",
            error.message);
    }
    Report report = failed(verb, {std::move(error)});
    report.exit = was_lost_ ? Exit::not_restored : report.exit;
    return report;
}

Report BusService::with_profile(std::string_view verb, const ProfileRequest& profile,
                                const Call& call, ProgressSink progress, const Here& here) {
    const auto given = sent(profile);
    if (!given) {
        Report report = failed(verb, {given.error()});
        report.profile = profile.name;
        report.state = status().state;
        return report;
    }
    const Begin begin = [&](ManagerProxy& manager) { return call(manager, *given); };
    const auto about_profile = [&profile](Report report) {
        report.profile = report.profile.empty() ? profile.name : std::move(report.profile);
        return report;
    };
    if (!here) {
        return about_profile(changing(verb, begin, std::move(progress)));
    }
    auto end = run(begin, {});
    if (end) {
        return report_of(*std::move(end));
    }
    if (looks_here(end.error())) {
        auto service = asked_here();
        return service ? here(**service) : about_profile(failed(verb, std::move(service).error()));
    }
    return about_profile(failed(verb, {std::move(end).error()}));
}

Report BusService::apply(const ProfileRequest& profile, const ApplyRequest& request) {
    bus::Facts options = looking();
    options.merge(facts_of(request.consent));
    options["strict"] = sdbus::Variant(request.strict);
    options["timeout"] = sdbus::Variant(static_cast<std::uint32_t>(request.timeout.count()));
    if (request.confirm_within) {
        options["confirm"] =
            sdbus::Variant(static_cast<std::uint32_t>(request.confirm_within->count()));
    }
    if (!request.expected_plan.empty()) {
        options["expected-plan"] = sdbus::Variant(request.expected_plan);
    }
    return with_profile("apply", profile,
                        [&options](ManagerProxy& manager, const SentProfile& sent) {
                            return manager.Apply(sent.name, sent.files, sent.set, options);
                        },
                        request.progress, {});
}

Report BusService::freeze(const FreezeRequest& request) {
    bus::Facts options;
    if (request.until) {
        options["until"] = sdbus::Variant(static_cast<std::uint64_t>(*request.until));
    }
    return changing("freeze",
                    [&](ManagerProxy& manager) { return manager.Freeze(request.reason, options); },
                    {});
}

/// Runs programs, which the daemon does not: while it lives, its lock says so.
Certification BusService::certify(const CertifyRequest& request) {
    auto service = asked_here();
    if (service) {
        return (*service)->certify(request);
    }
    Certification none;
    none.nic = request.nic;
    none.problems = std::move(service).error();
    none.exit = Exit::refused;
    none.state = HostState::unknown;
    return none;
}

extern "C" {
extern __attribute__((visibility("default"))) const char nanotune_bus_client_version[];
__attribute__((used)) const char nanotune_bus_client_version[] = NANOTUNE_VERSION;
}

// NOLINTNEXTLINE(clang-diagnostic-return-type-c-linkage): for its name alone; no C calls it
extern "C" __attribute__((visibility("default"))) Result<std::unique_ptr<Service>>
nanotune_bus_service(const ServiceOptions& options, const ServiceSource& local) {
    NT_TRY(auto daemon, DaemonConnection::open(options));
    return std::make_unique<BusService>(options, local, std::move(daemon));
}

}  // namespace nanotune::cli
