// The kernel takes both directions in one call, and a driver may stamp more than it was asked to.
#include "stamps_bank.hpp"

#include <algorithm>

#include "permission.hpp"

namespace nanotune::nic {
namespace {

constexpr Tunable rows[] = {
    {.name = "timestamping.tx",
     .domain = choice("off | on | onestep-sync | onestep-p2p", "0 | 1 | 2 | 3"),
     .summary = "Sent packets that the NIC stamps when a program asks for it.",
     .witness = {.command = "hwstamp_ctl -i {}", .label = "tx_type"}},
    {.name = "timestamping.rx",
     .domain = choice(
         "none | all | some | ptpv1-l4-event | ptpv1-l4-sync | ptpv1-l4-delay-req | "
         "ptpv2-l4-event | ptpv2-l4-sync | ptpv2-l4-delay-req | ptpv2-l2-event | ptpv2-l2-sync | "
         "ptpv2-l2-delay-req | ptpv2-event | ptpv2-sync | ptpv2-delay-req | ntp-all",
         "0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15"),
     .summary = "Received packets that the NIC stamps.",
     .witness = {.command = "hwstamp_ctl -i {}", .label = "rx_filter"}},
};
constexpr const Tunable& sent = packed<rows>[0];

/// The arguments of a process, which the kernel prints with a NUL behind each.
std::vector<std::string> arguments_of(Files& files, const std::string& process) {
    std::string line = files.read("/proc/" + process + "/cmdline").value_or("");
    std::vector<std::string> arguments;
    for (std::size_t end = 0; !line.empty(); line.erase(0, end + 1)) {
        end = std::min(line.find('\0'), line.size() - 1);
        arguments.push_back(line.substr(0, line[end] == '\0' ? end : end + 1));
    }
    return arguments;
}

/// What ptp4l was given by an option, as getopt(3) reads it: "-f FILE", "-fFILE" or "-mf FILE".
std::vector<std::string> given_by(char option, const std::vector<std::string>& arguments) {
    constexpr std::string_view with_value = "fipl";
    std::vector<std::string> given;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        const bool is_of_letters = word.starts_with('-') && !word.starts_with("--");
        const std::size_t at =
            is_of_letters ? word.find_first_of(with_value, 1) : std::string::npos;
        if (at == std::string::npos) {
            continue;
        }
        const bool is_next = at + 1 == word.size() && i + 1 < arguments.size();
        std::string value = is_next ? arguments[++i] : word.substr(at + 1);
        if (word[at] == option) {
            given.push_back(std::move(value));
        }
    }
    return given;
}

/// By `-i DEVICE`, or a section of the file that it was given: below the folder that it works in,
/// where that does not say.
bool names(Files& files, const std::string& process, const std::string& device) {
    const std::vector<std::string> arguments = arguments_of(files, process);
    const auto has_section = [&](const std::string& file) {
        const std::string folder =
            file.starts_with('/') ? ""
                                  : files.resolved("/proc/" + process + "/cwd").value_or("") + "/";
        return files.read(folder + file).value_or("").contains("[" + device + "]");
    };
    const auto devices = given_by('i', arguments);
    return std::ranges::find(devices, device) != devices.end() ||
           std::ranges::any_of(given_by('f', arguments), has_section);
}

/// What others call ptp4l says nothing, and names no file that root would open for them.
bool is_root(Files& files, const std::string& process) {
    return files.read("/proc/" + process + "/status").value_or("").contains("\nUid:\t0\t0\t");
}

/// Errors: unsupported, naming the ptp4l that sets them for the device.
Status is_free(System& system, const Target& nic) {
    Files& files = system.files();
    for (const std::string& process : files.list("/proc").value_or(std::vector<std::string>{})) {
        if (process.find_first_not_of("0123456789") == std::string::npos &&
            files.read("/proc/" + process + "/comm").value_or("") == "ptp4l" &&
            is_root(files, process) && names(files, process, nic.name)) {
            return failure(ErrorCode::unsupported, "ptp4l (process " + process + ") sets it for " +
                                                       nic.name + "; here it is only checked");
        }
    }
    return {};
}

}  // namespace

std::vector<const Tunable*> StampsBank::tunables() const {
    return {&packed<rows>[0], &packed<rows>[1]};
}

std::vector<Result<Reading>> StampsBank::read(System& system, const Target& target,
                                              std::span<const Tunable* const> wanted) const {
    const auto stamps = system.ethtool().hardware_stamps(target.name);
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        readings.push_back([&]() -> Result<Reading> {
            if (!stamps) {
                return std::unexpected(stamps.error());
            }
            NT_TRY(Value value,
                   from_number(tunable->domain, tunable == &sent ? stamps->tx : stamps->rx));
            return Reading{.value = std::move(value)};
        }());
    }
    return readings;
}

std::vector<Status> StampsBank::may_hold(System& system, const Target& target,
                                         std::span<const Assignment> assignments) const {
    return {assignments.size(), is_free(system, target)};
}

std::vector<Status> StampsBank::write(System& system, const Target& target,
                                      std::span<const Assignment> assignments) const {
    const auto whole = [&]() -> Status {
        NT_CHECK(is_free(system, target));
        NT_TRY(HardwareStamps stamps, system.ethtool().hardware_stamps(target.name));
        for (const auto& [tunable, value] : assignments) {
            (tunable == &sent ? stamps.tx : stamps.rx) =
                static_cast<std::uint32_t>(to_number(tunable->domain, value));
        }
        return system.ethtool().set_hardware_stamps(target.name, stamps);
    }();
    return {assignments.size(), whole};
}

Status StampsBank::may_write(System& system, const Target& target, const Tunable& tunable) const {
    return may_administer(system, target, tunable);
}

}  // namespace nanotune::nic
