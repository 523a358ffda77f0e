// Devlink parameters over cells.
#include <cerrno>
#include <cstdlib>

#include "support/fake_interfaces.hpp"

namespace nanotune::test {

namespace {

struct Place {
    std::uint8_t type = 0;
    std::string name;
    std::uint8_t mode = 0;
};

/// "TYPE:PARAMETER:MODE"
Place place_in(const std::string& text) {
    const std::size_t first = text.find(':');
    const std::size_t last = text.rfind(':');
    const auto number = [](const std::string& digits) {
        return static_cast<std::uint8_t>(std::strtoul(digits.c_str(), nullptr, 10));
    };
    return {.type = number(text.substr(0, first)),
            .name = text.substr(first + 1, last - first - 1),
            .mode = number(text.substr(last + 1))};
}

}  // namespace

Result<std::vector<DevlinkParameter>> FakeDevlink::parameters(const std::string& bus,
                                                              const std::string& device) {
    return kernel_->look([&](const FakeHost& host) -> Result<std::vector<DevlinkParameter>> {
        const std::string prefix = devlink_cell(bus, device, "");
        std::vector<DevlinkParameter> parameters;
        for (const std::string& key : keys_below(host.cells, prefix)) {
            const Place place = place_in(key.substr(prefix.size()));
            if (parameters.empty() || parameters.back().name != place.name) {
                parameters.push_back({.name = place.name, .type = place.type});
            }
            parameters.back().values[place.mode] = host.text(key);
        }
        return parameters;
    });
}

Status FakeDevlink::set(const std::string& bus, const std::string& device,
                        const DevlinkParameter& parameter) {
    const std::string operation = "DEVLINK_CMD_PARAM_SET " + parameter.name;
    const auto& [mode, text] = *parameter.values.begin();
    const std::string key = devlink_cell(
        bus, device,
        std::to_string(parameter.type) + ":" + parameter.name + ":" + std::to_string(mode));
    const Status allowed = kernel_->look([&](const FakeHost& host) -> Status {
        if (!host.cells.contains(key)) {
            return kernel_failure(operation, EINVAL);
        }
        return host.capabilities.contains(Capability::net_admin) ? Status()
                                                                 : kernel_failure(operation, EPERM);
    });
    NT_CHECK(allowed);
    return kernel_->write(operation, {{key, text}});
}

}  // namespace nanotune::test
