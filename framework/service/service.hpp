// The verbs as every client sees them. Two implementations: the engine in this process, and a
// daemon over a bus. Method, D-Bus method and CLI verb have one name.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "model/certification.hpp"
#include "model/host_topology.hpp"
#include "model/requests.hpp"

namespace nanotune {

/// The summary of every captured profile, by which one is known.
inline constexpr std::string_view captured_summary = "This host as it was captured";

/// Something that happened, as facts by their names: "what" comes first ("state", "drifted",
/// "progress", ...).
using Event = std::vector<std::pair<std::string, std::string>>;
/// Told each as it happens; false ends it.
using EventSink = std::function<bool(const Event&)>;

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
    /// Keeps everybody from changing the host, itself included, until `thaw` or its time. Ends once
    /// nobody is at work.
    virtual Report freeze(const FreezeRequest& request) = 0;
    virtual Report thaw() = 0;
    /// The last so many records of what was done on this host, oldest first: one JSON object a
    /// line. Errors: denied, io.
    virtual Result<std::string> history(std::size_t count) = 0;
    /// Tells what happens until it is told to end, or `stop` is set. Errors: unsupported where
    /// nobody watches; io: the daemon has gone.
    virtual Status monitor(const EventSink& sink, const std::atomic<bool>& stop) = 0;
    /// Sockets, nodes, cores and caches, and the NICs on them. Never writes.
    virtual Checked<HostTopology> topology() = 0;
    /// Tries every setting of a NIC or of the host, each applied and taken back.
    virtual Certification certify(const CertifyRequest& request) = 0;
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
    /// A setting that only the host knows (a sysctl), by its full name. Errors: not_found,
    /// unsupported (this host lacks it), refused with the reason for what must not be set.
    virtual Result<KeyInfo> undeclared_key(std::string_view name) = 0;
    virtual std::vector<PluginInfo> plugins() = 0;
};

}  // namespace nanotune
