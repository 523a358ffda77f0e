// The Service as a client of the daemon: one connection, and this process for what the daemon does
// not tell this user.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "../../direct/profile_files.hpp"
#include "connection.hpp"
#include "sent_profile.hpp"

namespace nanotune::cli {

class BusService final : public Service, public DatapathService {
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
    Report freeze(const FreezeRequest& request) override;
    Report thaw() override {
        return changing("thaw", [](ManagerProxy& manager) { return manager.Thaw(); }, {});
    }
    Result<std::string> history(std::size_t count) override {
        return text([count](ManagerProxy& manager) {
            return manager.History(static_cast<std::uint32_t>(count));
        });
    }
    Status monitor(const EventSink& sink, const std::atomic<bool>& stop) override {
        return daemon_->monitor(sink, stop);
    }
    Result<std::vector<Datapath>> datapaths(bool with_counts) override {
        return daemon_->datapaths(with_counts);
    }
    Status datapath(const std::string& name, DatapathAct act) override;
    Result<std::string> capture() override;
    Checked<std::string> show(const ProfileRequest& profile) override;
    Problems check(const ProfileRequest& profile) override;

    // What the installation and the hardware alone answer.
    Checked<HostTopology> topology() override {
        NT_TRY(Service * service, asked_here());
        return service->topology();
    }
    Certification certify(const CertifyRequest& request) override;
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
    Result<KeyInfo> undeclared_key(std::string_view name) override {
        const auto service = asked_here();
        return service ? (*service)->undeclared_key(name)
                       : std::unexpected(service.error().front());
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
        return sent_profile(profile, profile_files(options_.profile_folders,
                                                   options_.working_folder, options_.timeout));
    }
    Result<JobEnd> run(const Begin& begin, const Waiting& waiting);
    Result<std::string> text(const Begin& begin);
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

/// What a verb reports that could not be asked for.
[[nodiscard]] Report failed(std::string_view verb, Problems problems);
/// With the rows that were fetched.
[[nodiscard]] Report report_of(JobEnd end);

}  // namespace nanotune::cli
