#include "driver_bank.hpp"

namespace nanotune::nic {
namespace {

std::string folder_of(const Target& nic) {
    return "/sys/class/net/" + nic.name + "/device/driver/module/parameters/";
}

}  // namespace

Tunable DriverBank::tunable_of(std::string_view /*inner*/) const {
    return {.name = {},
            .domain = text(),
            .summary = "A parameter that the NIC's driver was loaded with, as sysfs prints it.",
            .check_only = true};
}

std::vector<std::string> DriverBank::driver_names(System& system, const Target& nic) const {
    auto names = system.files().list(folder_of(nic)).value_or(std::vector<std::string>{});
    std::erase_if(names, [&](const std::string& name) {
        return !system.files().read(folder_of(nic) + name);
    });
    return names;
}

std::vector<Result<Reading>> DriverBank::read(System& system, const Target& target,
                                              std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        const std::string path = folder_of(target) + driver_name(*tunable);
        readings.push_back([&]() -> Result<Reading> {
            NT_TRY(const std::string text, system.files().read(path));
            NT_TRY(Value value, from_kernel(tunable->domain, text));
            return Reading{.value = std::move(value)};
        }());
    }
    return readings;
}

std::vector<Status> DriverBank::write(System& /*system*/, const Target& target,
                                      std::span<const Assignment> assignments) const {
    return {assignments.size(),
            failure(ErrorCode::unsupported,
                    "only loading the driver of " + target.name + " again changes it")};
}

Status DriverBank::may_write(System& system, const Target& target, const Tunable& tunable) const {
    return system.files().may_write(folder_of(target) + driver_name(tunable));
}

}  // namespace nanotune::nic
