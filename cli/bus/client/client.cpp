// The Service as a client of the daemon. A shared object of its own, loaded where a daemon runs.
#include "client.hpp"

#include <cstdint>
#include <functional>
#include <utility>

#include <fmt/core.h>

#include "../../direct/profile_files.hpp"
#include "../../failure.hpp"
#include "connection.hpp"
#include "sent_profile.hpp"

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
    return words.empty() ? bus::Facts() : bus::Facts{{"allow", words}};
}

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

class BusService final : public Service {
  public:
    BusService(ServiceOptions options, ServiceSource local,
               std::unique_ptr<DaemonConnection> daemon)
        : options_(std::move(options)), local_(std::move(local)), daemon_(std::move(daemon)) {}

    Report plan(const ProfileRequest& profile) override {
        return with_profile(
            "plan", profile,
            [options = looking()](ManagerProxy& manager, const SentProfile& sent) {
                return manager.Plan(sent.name, sent.files, sent.set, options);
            },
            {}, [&](Service& service) { return service.plan(profile); });
    }
    Report apply(const ProfileRequest& profile, const ApplyRequest& request) override;
    [[nodiscard]] bool is_guard() const override { return true; }
    Report confirm() override {
        return changing("confirm", [](ManagerProxy& manager) { return manager.Confirm(); }, {});
    }
    Report verify(const std::optional<ProfileRequest>& profile) override {
        return with_profile(
            "verify", profile.value_or(ProfileRequest()),
            [options = looking()](ManagerProxy& manager, const SentProfile& sent) {
                return manager.Verify(sent.name, sent.files, sent.set, options);
            },
            {}, [&](Service& service) { return service.verify(profile); });
    }
    Report rollback(const RollbackRequest& request) override {
        return changing(
            "rollback",
            [options = options_of(request)](ManagerProxy& manager) {
                return manager.Rollback(options);
            },
            request.progress);
    }
    /// The daemon keeps its own.
    Status hold_record() override { return {}; }
    Report rollback_plan(const RollbackRequest& request) override;
    HostStatus status() override;
    Result<std::string> capture() override;
    Checked<std::string> show(const ProfileRequest& profile) override;
    Problems check(const ProfileRequest& profile) override;

    // What the installation and the hardware alone answer.
    Checked<HostTopology> topology() override {
        NT_TRY(Service * service, asked_here());
        return service->topology();
    }
    Checked<std::string> command_line(const ProfileRequest& profile) override {
        NT_TRY(Service * service, asked_here());
        return service->command_line(profile);
    }
    Checked<CpuSet> cpus(const std::optional<ProfileRequest>& profile,
                         std::string_view expression) override {
        NT_TRY(Service * service, asked_here());
        return service->cpus(profile, expression);
    }
    std::vector<KeyInfo> keys() override {
        const auto service = asked_here();
        return service ? (*service)->keys() : std::vector<KeyInfo>();
    }
    std::vector<PluginInfo> plugins() override {
        const auto service = asked_here();
        return service ? (*service)->plugins() : std::vector<PluginInfo>();
    }

  private:
    using Call = std::function<sdbus::ObjectPath(ManagerProxy&, const SentProfile&)>;
    using Here = std::function<Report(Service&)>;

    [[nodiscard]] bus::Facts looking() const;
    [[nodiscard]] bus::Facts options_of(const RollbackRequest& request) const;
    [[nodiscard]] Checked<Service*> asked_here();
    [[nodiscard]] Result<SentProfile> sent(const ProfileRequest& profile) const {
        return sent_profile(profile,
                            profile_files(options_.profile_folders, options_.working_folder));
    }
    Result<JobEnd> run(const Begin& begin, Waiting waiting);
    Report changing(std::string_view verb, const Begin& begin, ProgressSink progress);
    Report with_profile(std::string_view verb, const ProfileRequest& profile, const Call& call,
                        ProgressSink progress, const Here& here);
    /// Whether this process shall look for itself: the daemon does not tell this user.
    [[nodiscard]] bool looks_here(const Error& error) const {
        return options_.reach == Reach::any && error.code == ErrorCode::denied;
    }

    ServiceOptions options_;
    ServiceSource local_;
    std::unique_ptr<DaemonConnection> daemon_;
    std::unique_ptr<Service> here_;
    bool was_lost_ = false;
};

bus::Facts BusService::looking() const {
    return options_.session_address.empty()
               ? bus::Facts()
               : bus::Facts{{"session-address", options_.session_address}};
}

bus::Facts BusService::options_of(const RollbackRequest& request) const {
    bus::Facts facts = looking();
    facts.merge(facts_of(request.consent));
    facts["all"] = request.all;
    facts["force"] = request.force;
    facts["timeout"] = static_cast<std::uint32_t>(request.timeout.count());
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

Result<JobEnd> BusService::run(const Begin& begin, Waiting waiting) {
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
            "nanotuned ended before it answered, and how the host stands "
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
    if (!here) {
        return changing(verb, begin, std::move(progress));
    }
    auto end = run(begin, {});
    if (end) {
        return report_of(*std::move(end));
    }
    if (looks_here(end.error())) {
        auto service = asked_here();
        return service ? here(**service) : failed(verb, std::move(service).error());
    }
    return failed(verb, {std::move(end).error()});
}

Report BusService::apply(const ProfileRequest& profile, const ApplyRequest& request) {
    bus::Facts options = looking();
    options.merge(facts_of(request.consent));
    options["strict"] = request.strict;
    options["timeout"] = static_cast<std::uint32_t>(request.timeout.count());
    if (request.confirm_within) {
        options["confirm"] = static_cast<std::uint32_t>(request.confirm_within->count());
    }
    if (!request.expected_plan.empty()) {
        options["expected-plan"] = request.expected_plan;
    }
    return with_profile("apply", profile,
                        [&options](ManagerProxy& manager, const SentProfile& sent) {
                            return manager.Apply(sent.name, sent.files, sent.set, options);
                        },
                        request.progress, {});
}

Report BusService::rollback_plan(const RollbackRequest& request) {
    auto end = run([options = options_of(request)](
                       ManagerProxy& manager) { return manager.PlanRollback(options); },
                   {});
    if (!end && looks_here(end.error())) {
        auto service = asked_here();
        return service ? (*service)->rollback_plan(request)
                       : failed("rollback", std::move(service).error());
    }
    return end ? report_of(*std::move(end)) : failed("rollback", {std::move(end).error()});
}

HostStatus BusService::status() {
    auto end =
        run([](ManagerProxy& manager) { return manager.Status(); }, {.fetch = Fetch::status});
    if (!end) {
        HostStatus status;
        status.state = HostState::unknown;
        status.notes.push_back(end.error().message);
        return status;
    }
    HostStatus status = bus::status_of(end->facts);
    status.rows = std::move(end->rows);
    status.left = std::move(end->left);
    status.stranded = std::move(end->stranded);
    return status;
}

Result<std::string> BusService::capture() {
    auto end = run([](ManagerProxy& manager) { return manager.Capture(); }, {.fetch = Fetch::text});
    if (!end && looks_here(end.error())) {
        auto service = asked_here();
        return service ? (*service)->capture()
                       : Result<std::string>(std::unexpected(service.error().front()));
    }
    if (!end) {
        return std::unexpected(std::move(end).error());
    }
    const Report report = bus::report_of(end->facts);
    if (!report.problems.empty()) {
        return std::unexpected(report.problems.front());
    }
    return std::move(end->text);
}

Checked<std::string> BusService::show(const ProfileRequest& profile) {
    auto given = sent(profile);
    if (!given) {
        return std::unexpected(Problems{std::move(given).error()});
    }
    auto end = run(
        [&](ManagerProxy& manager) {
            return manager.ShowProfile(given->name, given->files, given->set);
        },
        {.fetch = Fetch::text});
    if (!end && looks_here(end.error())) {
        NT_TRY(Service * service, asked_here());
        return service->show(profile);
    }
    if (!end) {
        return std::unexpected(Problems{std::move(end).error()});
    }
    Report report = bus::report_of(end->facts);
    if (!report.problems.empty()) {
        return std::unexpected(std::move(report.problems));
    }
    return std::move(end->text);
}

Problems BusService::check(const ProfileRequest& profile) {
    auto given = sent(profile);
    if (!given) {
        return {std::move(given).error()};
    }
    auto end = run(
        [&](ManagerProxy& manager) {
            return manager.CheckProfile(given->name, given->files, given->set);
        },
        {.fetch = Fetch::nothing});
    if (!end && looks_here(end.error())) {
        auto service = asked_here();
        return service ? (*service)->check(profile) : std::move(service).error();
    }
    return end ? bus::report_of(end->facts).problems : Problems{std::move(end).error()};
}

}  // namespace

extern "C" __attribute__((visibility("default"))) Result<std::unique_ptr<Service>>
nanotune_bus_service(const ServiceOptions& options, const ServiceSource& local) {
    NT_TRY(auto daemon, DaemonConnection::open());
    return std::make_unique<BusService>(options, local, std::move(daemon));
}

}  // namespace nanotune::cli
