// TuneD's profiles as profiles of ours: which setting here is which option there.
#pragma once

#include "import.hpp"
#include "tuned_profile.hpp"

namespace nanotune::cli {

/// What the profiles come to together on the host that `read` reads. Errors: as tuned_profile.
[[nodiscard]] Result<Import> tuned_import(const std::vector<std::string>& names,
                                          const HostReader& read,
                                          const std::vector<std::string>& known = {});

/// One unit, while it is taken apart.
struct TunedWork {
    const TunedUnit& unit;
    const TunedHost& host;
    Import& import;

    /// "tuned.conf:14: [net] mtu=9000"
    [[nodiscard]] std::string origin(const TunedOption& option) const;
    void carry(const TunedOption& option, std::string_view section, std::string_view key,
               std::string_view value, std::string note = {}) const;
    /// A host that has more of its own keeps it.
    void carry_bound(const TunedOption& option, std::string_view section, std::string_view key,
                     std::string_view value) const;
    void leave(const TunedOption& option, std::string why) const;
};

/// The options of [cpu], [vm], [disk], [sysctl] and [irqbalance]: one setting each.
void import_single(const TunedWork& work);
/// [net]: lists of settings of devices.
void import_net(const TunedWork& work);
/// [sysfs]: files, by the settings that write them.
void import_sysfs(const TunedWork& work);
/// [bootloader]: words of the kernel's command line.
void import_bootloader(const TunedWork& work);
/// [scheduler]: where threads run, and how.
void import_scheduler(const TunedWork& work);

/// "0-1" of a mask in hexadecimal or of a list; nothing for what is neither.
[[nodiscard]] std::optional<CpuSet> cpus_of_text(std::string_view text);

/// The sysctl of this name as a line; of values with > and < before them that which TuneD would
/// leave.
void import_sysctl(const TunedWork& work, const TunedOption& option, std::string_view name);

/// A value with TuneD's sign before it: >4096 only raises, <5 only lowers what is there.
struct Bounded {
    std::string value;
    std::string note;
};
[[nodiscard]] Bounded bounded(std::string_view value, const std::optional<std::string>& present);

}  // namespace nanotune::cli
