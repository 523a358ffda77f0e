// What the host alone answers, without a profile that is applied: each question in its own time.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "engine/call_runner.hpp"
#include "engine/desires.hpp"
#include "engine/survey.hpp"
#include "model/host_topology.hpp"
#include "model/resolved.hpp"

namespace nanotune::cli {

/// Never writes. One thread uses it at a time. Errors of each: those of reading; timed_out, naming
/// what hangs.
class HostLook {
  public:
    HostLook(SystemFactory systems, std::chrono::milliseconds time)
        : systems_(std::move(systems)), time_(time) {}

    [[nodiscard]] Checked<HostTopology> topology() const;
    /// The text of /proc/cmdline.
    [[nodiscard]] Checked<std::string> command_line() const;
    [[nodiscard]] Checked<CpuContext> cpu_context(const ResolvedProfile& profile) const;
    /// What an expression ("datapath", "isolated,numa(eth0)") means under the profile's CPU plan.
    [[nodiscard]] Checked<CpuSet> cpus(const ResolvedProfile& profile,
                                       std::string_view expression) const;
    /// Whether any target of this host has the setting. Errors: also unsupported, not_found.
    [[nodiscard]] Status has(const SettingRef& setting) const;

  private:
    template <typename T>
    Checked<T> looked(std::function<Checked<T>(Survey&)> look) const;

    SystemFactory systems_;
    std::chrono::milliseconds time_;
};

}  // namespace nanotune::cli
