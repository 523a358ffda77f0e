#include "driver_bank.hpp"

#include <algorithm>

#include <nanotune/discover.hpp>

namespace nanotune::nic {
namespace {

constexpr std::string_view prefix = "driver.";

std::string folder_of(const Target& nic) {
    return "/sys/class/net/" + nic.name + "/device/driver/module/parameters/";
}

bool can_be_a_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
}

}  // namespace

Result<std::optional<Tunable>> DriverBank::open(std::string_view name) const {
    if (!name.starts_with(prefix) || !can_be_a_name(name.substr(prefix.size()))) {
        return std::nullopt;
    }
    return Tunable{
        .name = name,
        .domain = text(),
        .summary = "A parameter that the NIC's driver was loaded with, as sysfs prints it.",
        .check_only = true};
}

std::vector<std::string> DriverBank::open_names(System& system) const {
    std::vector<std::string> names;
    for (const Candidate& nic :
         discover::nics_in_sysfs(system).value_or(std::vector<Candidate>{})) {
        for (const std::string& name :
             system.files().list(folder_of(nic.target)).value_or(std::vector<std::string>{})) {
            if (can_be_a_name(name) && system.files().read(folder_of(nic.target) + name)) {
                names.push_back(std::string(prefix) + name);
            }
        }
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

std::vector<Result<Reading>> DriverBank::read(System& system, const Target& target,
                                              std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        const std::string path =
            folder_of(target) + std::string(tunable->name.substr(prefix.size()));
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
    return system.files().may_write(folder_of(target) +
                                    std::string(tunable.name.substr(prefix.size())));
}

}  // namespace nanotune::nic
