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
constexpr const Tunable& sent = rows[0];

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

/// Files that it was given, by `-f FILE` or `-fFILE`: below the folder that it works in, where they
/// do not say.
std::vector<std::string> files_of(Files& files, const std::string& process,
                                  const std::vector<std::string>& arguments) {
    constexpr std::string_view option = "-f";
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string path =
            arguments[i].starts_with(option) ? arguments[i].substr(option.size()) : std::string();
        if (arguments[i] == option && i + 1 < arguments.size()) {
            path = arguments[++i];
        }
        if (!path.empty() && !path.starts_with('/')) {
            path = files.resolved("/proc/" + process + "/cwd").value_or("") + "/" + path;
        }
        if (!path.empty()) {
            paths.push_back(std::move(path));
        }
    }
    return paths;
}

/// By `-i DEVICE`, or a section of such a file.
bool names(Files& files, const std::string& process, const std::string& device) {
    const std::vector<std::string> arguments = arguments_of(files, process);
    return std::ranges::any_of(arguments,
                               [&](const std::string& argument) {
                                   return argument == device || argument == "-i" + device;
                               }) ||
           std::ranges::any_of(files_of(files, process, arguments), [&](const std::string& path) {
               return files.read(path).value_or("").contains("[" + device + "]");
           });
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
    return {&rows[0], &rows[1]};
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
