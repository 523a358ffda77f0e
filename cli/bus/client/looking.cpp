// The verbs that only look.
#include "bus_service.hpp"

namespace nanotune::cli {

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
    for (const Error& problem : bus::report_of(end->facts).problems) {
        status.notes.push_back(problem.message);
    }
    status.rows = std::move(end->rows);
    status.left = std::move(end->left);
    status.stranded = std::move(end->stranded);
    status.drifted = std::move(end->drifted);
    return status;
}

/// What a job that answers with one says.
Result<std::string> BusService::text(const Begin& begin) {
    NT_TRY(JobEnd end, run(begin, {.fetch = Fetch::text}));
    const Report report = bus::report_of(end.facts);
    if (!report.problems.empty()) {
        return std::unexpected(report.problems.front());
    }
    return std::move(end.text);
}

Result<std::string> BusService::capture() {
    auto said = text([](ManagerProxy& manager) { return manager.Capture(); });
    if (!said && looks_here(said.error())) {
        auto service = asked_here();
        return service ? (*service)->capture()
                       : Result<std::string>(std::unexpected(service.error().front()));
    }
    return said;
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

}  // namespace nanotune::cli
