// Ethtool messages over cells. A SET command is one above its GET command throughout
// linux/ethtool_netlink.h.
#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include <linux/ethtool_netlink.h>

#include "support/fake_interfaces.hpp"

namespace nanotune::test {

namespace {

std::string command_name(unsigned get_command) {
    switch (get_command) {
        case ETHTOOL_MSG_RINGS_GET:
            return "RINGS";
        case ETHTOOL_MSG_CHANNELS_GET:
            return "CHANNELS";
        case ETHTOOL_MSG_COALESCE_GET:
            return "COALESCE";
        case ETHTOOL_MSG_PAUSE_GET:
            return "PAUSE";
        case ETHTOOL_MSG_EEE_GET:
            return "EEE";
        default:
            return "ETHTOOL " + std::to_string(get_command);
    }
}

Status present(const FakeHost& host, const std::string& device, const std::string& operation) {
    if (!host.cells.contains(link_cell(device, "index")) ||
        host.cells.contains(link_cell(device, "detached"))) {
        return kernel_failure(operation, ENODEV);
    }
    return {};
}

EthtoolNumber number_in(const std::string& cell) {
    char* end = nullptr;
    const std::uint64_t number = std::strtoull(cell.c_str(), &end, 10);
    const auto width = *end == '/' ? std::strtoul(end + 1, nullptr, 10) : 4UL;
    return {number, static_cast<std::uint8_t>(width)};
}

Feature feature_in(const std::string& cell) {
    return {.changeable = !cell.ends_with(" fixed"),
            .wanted = cell.starts_with("on"),
            .active = cell.find(" on") != std::string::npos};
}

}  // namespace

Result<EthtoolNumbers> FakeEthtool::get(std::uint8_t command, const std::string& device) {
    return kernel_->look([&](const FakeHost& host) -> Result<EthtoolNumbers> {
        const std::string operation = command_name(command) + "_GET";
        NT_CHECK(present(host, device, operation));
        const std::string prefix = "ethtool:" + device + ":" + std::to_string(command) + ":";
        EthtoolNumbers numbers;
        for (const std::string& key : keys_below(host.cells, prefix)) {
            const auto attribute = std::strtoul(key.c_str() + prefix.size(), nullptr, 10);
            numbers[static_cast<std::uint16_t>(attribute)] = number_in(host.text(key));
        }
        if (numbers.empty()) {
            return kernel_failure(operation, EOPNOTSUPP);
        }
        return numbers;
    });
}

Status FakeEthtool::set(std::uint8_t command, const std::string& device,
                        const EthtoolNumbers& numbers) {
    const unsigned get_command = command - 1U;
    std::string operation = command_name(get_command) + "_SET";
    std::vector<Write> writes;
    for (const auto& [attribute, number] : numbers) {
        operation += " " + std::to_string(attribute) + "=" + std::to_string(number.number);
        writes.push_back({ethtool_cell(device, get_command, attribute),
                          std::to_string(number.number) + "/" + std::to_string(number.width)});
    }
    const Status allowed = kernel_->look([&](const FakeHost& host) -> Status {
        NT_CHECK(present(host, device, operation));
        if (!host.capabilities.contains(Capability::net_admin)) {
            return kernel_failure(operation, EPERM);
        }
        for (const Write& write : writes) {
            if (!host.cells.contains(write.key)) {
                return kernel_failure(operation, EOPNOTSUPP,
                                      "requested parameter is not supported");
            }
            if (number_in(host.text(write.key)).width != number_in(write.text).width) {
                return kernel_failure(operation, EINVAL, "invalid attribute length");
            }
        }
        return {};
    });
    NT_CHECK(allowed);
    return kernel_->write(operation, std::move(writes));
}

Result<Features> FakeEthtool::features(const std::string& device) {
    return kernel_->look([&](const FakeHost& host) -> Result<Features> {
        NT_CHECK(present(host, device, "FEATURES_GET"));
        std::map<std::string, Feature> features;
        const std::string prefix = feature_cell(device, "");
        for (const std::string& key : keys_below(host.cells, prefix)) {
            features[key.substr(prefix.size())] = feature_in(host.text(key));
        }
        return Features(std::move(features));
    });
}

Status FakeEthtool::set_features(const std::string& device,
                                 const std::map<std::string, bool>& wanted) {
    std::string operation = "FEATURES_SET";
    std::vector<Write> writes;
    const Status allowed = kernel_->look([&](const FakeHost& host) -> Status {
        for (const auto& [name, on] : wanted) {
            operation += " " + name + (on ? "=on" : "=off");
            const std::string key = feature_cell(device, name);
            if (!host.cells.contains(key)) {
                return kernel_failure(operation, EINVAL, "bit name not found");
            }
            if (feature_in(host.text(key)).changeable) {
                writes.push_back({key, on ? "on on" : "off off"});
            }
        }
        NT_CHECK(present(host, device, operation));
        return host.capabilities.contains(Capability::net_admin) ? Status()
                                                                 : kernel_failure(operation, EPERM);
    });
    NT_CHECK(allowed);
    if (!writes.empty()) {
        NT_CHECK(kernel_->write(operation, std::move(writes)));
    }
    NT_TRY(const Features now, features(device));
    const auto missed = std::ranges::find_if(wanted, [&](const auto& wish) {
        return now.find(wish.first)->second.active != wish.second;
    });
    if (missed != wanted.end()) {
        return failure(ErrorCode::refused,
                       operation + ": the driver did not take " + missed->first);
    }
    return {};
}

}  // namespace nanotune::test
