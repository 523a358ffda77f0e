// A value is text here: what type a parameter has is known to the device alone.
#include "devlink_bank.hpp"

#include <algorithm>

#include <linux/devlink.h>

#include <nanotune/numbers.hpp>

namespace nanotune::nic {
namespace {

constexpr std::uint8_t type_text = 5;
constexpr std::uint8_t type_flag = 6;

struct Mode {
    std::uint8_t number;
    std::string_view suffix;
};
constexpr Mode modes[] = {{DEVLINK_PARAM_CMODE_RUNTIME, ""},
                          {DEVLINK_PARAM_CMODE_DRIVERINIT, ".driverinit"},
                          {DEVLINK_PARAM_CMODE_PERMANENT, ".permanent"}};

/// "msix_vec_per_pf_max.driverinit" taken apart.
struct Place {
    std::string parameter;
    Mode mode;
};

Place place_in(std::string_view name) {
    for (const Mode& mode : modes) {
        if (!mode.suffix.empty() && name.ends_with(mode.suffix)) {
            name.remove_suffix(mode.suffix.size());
            return {.parameter = std::string(name), .mode = mode};
        }
    }
    return {.parameter = std::string(name), .mode = modes[0]};
}

struct BusDevice {
    std::string bus;
    std::string name;
};

Result<BusDevice> bus_device_of(System& system, const Target& nic) {
    const std::string folder = "/sys/class/net/" + nic.name + "/device";
    const auto bus = system.files().link_name(folder + "/subsystem");
    const auto path = system.files().resolved(folder);
    if (!bus || !path) {
        return failure(ErrorCode::unsupported, nic.name + " is on no bus, and so has no devlink");
    }
    return BusDevice{.bus = *bus, .name = path->substr(path->rfind('/') + 1)};
}

Result<std::vector<DevlinkParameter>> parameters_of(System& system, const Target& nic) {
    NT_TRY(const BusDevice at, bus_device_of(system, nic));
    return system.devlink().parameters(at.bus, at.name);
}

/// The parameter with the one value that the place means.
Result<DevlinkParameter> parameter_at(const std::vector<DevlinkParameter>& all, const Place& place,
                                      const Target& nic) {
    const auto found = std::ranges::find(all, place.parameter, &DevlinkParameter::name);
    if (found == all.end()) {
        return failure(ErrorCode::unsupported, "the driver of " + nic.name +
                                                   " has no devlink parameter " + place.parameter);
    }
    const auto value = found->values.find(place.mode.number);
    if (value == found->values.end()) {
        return failure(ErrorCode::unsupported,
                       place.parameter + " of " + nic.name + " has no value of that kind");
    }
    return DevlinkParameter{
        .name = found->name, .type = found->type, .values = {{value->first, value->second}}};
}

/// Errors: unsupported, saying what the parameter takes.
Status fits(const DevlinkParameter& parameter, const std::string& text, const Target& nic) {
    std::string takes;
    if (parameter.type == type_flag && text != "true" && text != "false") {
        takes = "true or false";
    } else if (parameter.type < type_text) {
        const unsigned bits = 8U << (parameter.type - 1U);
        const auto number = whole_number<std::uint64_t>(text);
        if (!number || (bits < 64 && *number >> bits != 0)) {
            takes = "a number of " + std::to_string(bits) + " bits";
        }
    }
    return takes.empty() ? Status()
                         : failure(ErrorCode::unsupported, parameter.name + " of " + nic.name +
                                                               " takes " + takes + ", not " + text);
}

/// A flag is shown as an author writes one.
std::string shown(const DevlinkParameter& parameter) {
    const std::string& text = parameter.values.begin()->second;
    return parameter.type != type_flag ? text : text == "1" ? "true" : "false";
}

Result<std::string> normal_value(std::string_view text) {
    return text == "on" ? "true" : text == "off" ? "false" : std::string(text);
}

}  // namespace

Tunable DevlinkBank::tunable_of(std::string_view inner) const {
    const bool is_written = place_in(inner).mode.suffix.empty();
    return {.name = {},
            .domain = normal_text(normal_value, R"(a number, a word, "true" or "false")"),
            .impact = Impact::bounces_link,
            .summary = is_written ? "A parameter of this driver by devlink, in force at once."
                                  : "A parameter of this driver by devlink that a reload or a "
                                    "reboot brings into force.",
            .check_only = !is_written};
}

std::vector<std::string> DevlinkBank::driver_names(System& system, const Target& nic) const {
    std::vector<std::string> names;
    for (const DevlinkParameter& parameter :
         parameters_of(system, nic).value_or(std::vector<DevlinkParameter>{})) {
        for (const Mode& mode : modes) {
            if (parameter.values.contains(mode.number)) {
                names.push_back(parameter.name + std::string(mode.suffix));
            }
        }
    }
    return names;
}

std::vector<Result<Reading>> DevlinkBank::read(System& system, const Target& target,
                                               std::span<const Tunable* const> wanted) const {
    const auto all = parameters_of(system, target);
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        readings.push_back([&]() -> Result<Reading> {
            if (!all) {
                return std::unexpected(all.error());
            }
            NT_TRY(const DevlinkParameter parameter,
                   parameter_at(*all, place_in(driver_name(*tunable)), target));
            return Reading{.value = shown(parameter)};
        }());
    }
    return readings;
}

std::vector<Status> DevlinkBank::may_hold(System& system, const Target& target,
                                          std::span<const Assignment> assignments) const {
    const auto all = parameters_of(system, target);
    std::vector<Status> statuses;
    statuses.reserve(assignments.size());
    for (const auto& [tunable, value] : assignments) {
        const auto parameter = all ? parameter_at(*all, place_in(driver_name(*tunable)), target)
                                   : Result<DevlinkParameter>(std::unexpected(all.error()));
        statuses.push_back(parameter ? fits(*parameter, std::get<std::string>(value), target)
                                     : Status(std::unexpected(parameter.error())));
    }
    return statuses;
}

std::vector<Status> DevlinkBank::write(System& system, const Target& target,
                                       std::span<const Assignment> assignments) const {
    std::vector<Status> outcomes;
    outcomes.reserve(assignments.size());
    for (const auto& [tunable, value] : assignments) {
        outcomes.push_back([&]() -> Status {
            NT_TRY(const BusDevice at, bus_device_of(system, target));
            NT_TRY(const auto all, system.devlink().parameters(at.bus, at.name));
            NT_TRY(DevlinkParameter parameter,
                   parameter_at(all, place_in(driver_name(*tunable)), target));
            const auto& text = std::get<std::string>(value);
            NT_CHECK(fits(parameter, text, target));
            parameter.values.begin()->second = parameter.type != type_flag ? text
                                               : text == "true"            ? "1"
                                                                           : "0";
            return system.devlink().set(at.bus, at.name, parameter);
        }());
    }
    return outcomes;
}

Result<Inquiry> DevlinkBank::witness(System& system, const Target& target,
                                     const Tunable& tunable) const {
    const Place place = place_in(driver_name(tunable));
    NT_TRY(const BusDevice at, bus_device_of(system, target));
    return Inquiry{.command = {"devlink", "dev", "param", "show", at.bus + "/" + at.name, "name",
                               place.parameter},
                   .heading = "cmode runtime",
                   .label = "value"};
}

}  // namespace nanotune::nic
