#include "boot_misfits.hpp"

#include <fmt/format.h>

#include "findings.hpp"

namespace nanotune {
namespace {

/// One parameter of the kernel's command line.
struct Parameter {
    std::string_view name;
    const CpuSet& cpus;

    [[nodiscard]] std::string text() const { return fmt::format("{}={}", name, cpus.list()); }
};

/// One set of the plan.
struct Role {
    std::string_view name;
    const CpuRequest& request;
    const CpuSet& cpus;

    [[nodiscard]] std::string text() const {
        const bool is_given = !request.text.empty() && request.text != "auto";
        return fmt::format("cpus.{} {}{}", name, cpus.list(), is_given ? "" : " (auto)");
    }
};

class Comparison {
  public:
    void run(const ResolvedProfile& profile, const CpuPlan& plan, const BootCpus& boot) {
        const Role housekeeping{"housekeeping", profile.housekeeping, plan.housekeeping};
        const Role irq{"irq", profile.irq, plan.irq};
        const Role isolated{"isolated", profile.isolated, plan.isolated};
        const Parameter isolcpus{"isolcpus", boot.isolated};
        const Parameter nohz_full{"nohz_full", boot.nohz_full};
        const Parameter rcu_nocbs{"rcu_nocbs", boot.rcu_nocbs};

        if (boot.isolated.contains_all(plan.housekeeping) && !plan.housekeeping.empty()) {
            misfits_.problems.push_back(
                at(profile.housekeeping.origin,
                   {ErrorCode::conflict,
                    fmt::format("{}: the kernel was booted with {}, which leaves none of them to "
                                "keep house: nothing is placed there by itself",
                                housekeeping.text(), isolcpus.text())}));
        } else {
            both(housekeeping, isolcpus, "nothing is placed there by itself");
        }
        both(housekeeping, nohz_full, "the tick and its work are kept away from there");
        // Where housekeeping has to do for both, that was said.
        if (plan.irq != plan.housekeeping) {
            both(irq, isolcpus, "interrupts disturb what was to run there alone");
            both(irq, nohz_full, "each interrupt there ends a time without a tick");
        }
        beside(isolated, isolcpus);
        beside(isolated, nohz_full);
        beside(isolated, rcu_nocbs);
        if (boot.interrupts) {
            const Parameter start{"irqaffinity", *boot.interrupts};
            both(isolated, start, "interrupts that nobody moves are served there");
        }
    }

    BootMisfits take() { return std::move(misfits_); }

  private:
    /// One CPU with two roles.
    void both(const Role& role, const Parameter& parameter, std::string_view why) {
        if (const CpuSet shared = role.cpus & parameter.cpus; !shared.empty()) {
            warn(role, fmt::format("{} and the kernel's {} both hold CPU {}: {}", role.text(),
                                   parameter.text(), shared.list(), why));
        }
    }

    /// The kernel does that for other CPUs.
    void beside(const Role& role, const Parameter& parameter) {
        const CpuSet left = role.cpus - parameter.cpus;
        if (!parameter.cpus.empty() && !left.empty()) {
            warn(role, fmt::format("{}: CPU {} is not among the kernel's {}", role.text(),
                                   left.list(), parameter.text()));
        }
    }

    void warn(const Role& role, std::string text) {
        misfits_.warnings.push_back(
            at(role.request.origin, {ErrorCode::conflict, std::move(text)}).message);
    }

    BootMisfits misfits_;
};

}  // namespace

BootMisfits misfits_of(const ResolvedProfile& profile, const CpuPlan& plan, const BootCpus& boot) {
    Comparison comparison;
    comparison.run(profile, plan, boot);
    return comparison.take();
}

}  // namespace nanotune
