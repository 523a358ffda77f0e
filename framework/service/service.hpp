// The verbs as every client sees them. Two implementations: the engine in this process, and a
// daemon over a bus. Method, D-Bus method and CLI verb have one name.
#pragma once

#include "model/host_topology.hpp"
#include "model/requests.hpp"

namespace nanotune {

/// The summary of every captured profile, by which one is known.
inline constexpr std::string_view captured_summary = "This host as it was captured";

/// One client's view. Calls block; one thread uses it at a time. Nothing throws.
class Service {
  public:
    virtual ~Service() = default;

    /// What apply would do: rows not_done (to change), unchanged and unsupported. Never writes.
    virtual Report plan(const ProfileRequest& profile) = 0;
    virtual Report apply(const ProfileRequest& profile, const ApplyRequest& request) = 0;
    /// Whether what nobody confirms is taken back in time without a guard of the client's own.
    [[nodiscard]] virtual bool is_guard() const { return false; }
    /// Keeps what awaits confirmation.
    virtual Report confirm() = 0;
    /// The profile, or what is held when none is named, against the host. Never writes.
    virtual Report verify(const std::optional<ProfileRequest>& profile) = 0;
    virtual Report rollback(const RollbackRequest& request) = 0;
    /// Keeps hold of what is recorded, so that a later rollback finds it even when somebody removes
    /// it meanwhile. Errors: not_found, denied, io.
    virtual Status hold_record() = 0;
    /// What rollback would do. Never writes.
    virtual Report rollback_plan(const RollbackRequest& request) = 0;
    virtual HostStatus status() = 0;
    /// Sockets, nodes, cores and caches, and the NICs on them. Never writes.
    virtual Checked<HostTopology> topology() = 0;
    /// Every declared setting of the host as a profile in TOML, whose summary is the above.
    virtual Result<std::string> capture() = 0;
    /// The merged profile with origins.
    virtual Checked<std::string> show(const ProfileRequest& profile) = 0;
    /// Everything that can be checked without the host. Empty: nothing is wrong.
    virtual Problems check(const ProfileRequest& profile) = 0;
    /// The kernel command line that the profile's [boot] asks for: the whole resulting line.
    virtual Checked<std::string> command_line(const ProfileRequest& profile) = 0;
    /// The CPUs that an expression means ("datapath", "isolated,numa(eth0)") under the profile's
    /// CPU plan, or without a profile under the automatic one.
    virtual Checked<CpuSet> cpus(const std::optional<ProfileRequest>& profile,
                                 std::string_view expression) = 0;
    virtual std::vector<KeyInfo> keys() = 0;
    virtual std::vector<PluginInfo> plugins() = 0;
};

}  // namespace nanotune
