#include "tuned_import.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "../text.hpp"
#include "model/ini_text.hpp"

namespace nanotune::cli {

namespace {

struct UnitKind {
    std::string_view type;
    void (*import)(const TunedWork& work) = nullptr;  ///< nullptr: nothing of it is carried over
    std::string_view why = {};
};

// The plugins of TuneD 2.25, and of 2.20 before it.
constexpr UnitKind unit_kinds[] = {
    {.type = "cpu", .import = import_single},
    {.type = "vm", .import = import_single},
    {.type = "disk", .import = import_single},
    {.type = "sysctl", .import = import_single},
    {.type = "irqbalance", .import = import_single},
    {.type = "net", .import = import_net},
    {.type = "sysfs", .import = import_sysfs},
    {.type = "bootloader", .import = import_bootloader},
    {.type = "scheduler", .import = import_scheduler},
    {.type = "script", .why = "a program of the profile's, which nobody can verify or take back"},
    {.type = "systemd",
     .why = "a file of systemd's, read when it starts; CPUAffinity= in /etc/systemd/system.conf"},
    {.type = "modules", .why = "loads or configures kernel modules: /etc/modprobe.d does"},
    {.type = "service", .why = "starts or stops services: systemctl does"},
    {.type = "mounts", .why = "options of file systems: /etc/fstab has them"},
    {.type = "selinux", .why = "SELinux is no part of what is tuned here"},
    {.type = "scsi_host", .why = "power saving of disk links is no part of what is tuned here"},
    {.type = "audio", .why = "power saving of sound is no part of what is tuned here"},
    {.type = "video", .why = "power saving of displays is no part of what is tuned here"},
    {.type = "usb", .why = "power saving of USB is no part of what is tuned here"},
    {.type = "acpi", .why = "no setting here writes the firmware's platform profile"},
    {.type = "uncore", .why = "no setting here is of the frequency of what the cores share"},
    {.type = "irq", .why = "to be written by hand: [irq.NAME] cpus does it"},
    {.type = "eeepc_she", .why = "of one laptop alone"},
    {.type = "rtentsk",
     .why = "a socket that TuneD keeps open for a static branch of the kernel's: no setting"},
};

/// Why the unit does not hold on this host; "" where it does.
std::string excluded(const TunedUnit& unit, const TunedHost& host) {
    if (!unit.is_enabled) {
        return "the profile switches it off";
    }
    if (!unit.uname_regex.empty() && !finds(unit.uname_regex, host.kernel()).value_or(false)) {
        return fmt::format("only where uname says {}", unit.uname_regex);
    }
    if (!unit.cpuinfo_regex.empty() &&
        !finds(unit.cpuinfo_regex, host.processor()).value_or(false)) {
        return "only for another processor";
    }
    return {};
}

void import_unit(const TunedWork& work) {
    const TunedUnit& unit = work.unit;
    const std::string why_not = excluded(unit, work.host);
    if (!why_not.empty()) {
        for (const TunedOption& option : unit.options) {
            work.import.pass_over(work.origin(option), why_not);
        }
        return;
    }
    const auto* const kind = std::ranges::find(unit_kinds, unit.type, &UnitKind::type);
    if (kind != std::end(unit_kinds) && kind->import != nullptr) {
        kind->import(work);
        return;
    }
    const std::string why(kind == std::end(unit_kinds) ? "no plugin of TuneD 2.25 has that name"
                                                       : kind->why);
    for (const TunedOption& option : unit.options) {
        work.leave(option, why);
    }
    if (unit.options.empty() && unit.type == "rtentsk") {
        work.import.leave(fmt::format("{}: [{}]", unit.origin, unit.name), why);
    }
}

}  // namespace

std::string TunedWork::origin(const TunedOption& option) const {
    return fmt::format("{}: [{}] {}={}", option.origin, unit.name, option.name, option.value);
}

void TunedWork::carry(const TunedOption& option, std::string_view section, std::string_view key,
                      std::string_view value, std::string note) const {
    const auto optional = [](std::string_view text) {
        return fmt::format("{{ value = {}, optional = true }}", toml_text(text));
    };
    std::vector<std::string> spellings = {optional(value)};
    // The kernel's spellings that authors have another one for.
    if (value == "-1") {
        spellings.push_back(optional("unlimited"));
    } else if (value == "0" || value == "1") {
        spellings.push_back(optional(value == "1" ? "true" : "false"));
        spellings.push_back(optional(value == "1" ? "on" : "off"));
    }
    import.carry({.section = std::string(section),
                  .key = std::string(key),
                  .spellings = std::move(spellings),
                  .origin = origin(option),
                  .note = std::move(note)});
}

void TunedWork::carry_bound(const TunedOption& option, std::string_view section,
                            std::string_view key, std::string_view value) const {
    import.carry({.section = std::string(section),
                  .key = std::string(key),
                  .spellings = {fmt::format("{{ value = {}, optional = true, at_least = true }}",
                                            toml_text(value))},
                  .origin = origin(option),
                  .note = {}});
}

void TunedWork::leave(const TunedOption& option, std::string why) const {
    import.leave(origin(option), std::move(why));
}

std::optional<CpuSet> cpus_of_text(std::string_view text) {
    const auto cpus = text.contains('-') ? CpuSet::from_list(text) : CpuSet::from_mask(text);
    return cpus ? std::optional<CpuSet>(*cpus) : std::nullopt;
}

Bounded bounded(std::string_view value, const std::optional<std::string>& present) {
    if (!value.starts_with('>') && !value.starts_with('<')) {
        return {.value = unquoted(value), .note = {}};
    }
    const std::string wanted = unquoted(value.substr(1));
    if (!present) {
        return {.value = wanted, .note = fmt::format("TuneD: {}", value)};
    }
    const bool stays = value.front() == '>'
                           ? std::atoll(present->c_str()) > std::atoll(wanted.c_str())
                           : std::atoll(present->c_str()) < std::atoll(wanted.c_str());
    return {.value = stays ? std::string(stripped(*present)) : wanted,
            .note = fmt::format("TuneD: {}, and this host has {}", value, stripped(*present))};
}

Result<Import> tuned_import(const std::vector<std::string>& names, const HostReader& read,
                            const std::vector<std::string>& known) {
    const TunedHost host(read);
    NT_TRY(const TunedProfile profile, tuned_profile(names, read, host, known));
    const std::string all = joined(names);
    Import import(fmt::format("TuneD's profile{} {}", names.size() > 1 ? "s" : "", all),
                  profile.summary.empty() ? "As TuneD's " + all : profile.summary);
    for (const LeftOut& one : profile.unread) {
        import.leave(one.origin, one.why);
    }
    for (const TunedUnit& unit : profile.units) {
        import_unit({.unit = unit, .host = host, .import = import});
    }
    return import;
}

}  // namespace nanotune::cli
