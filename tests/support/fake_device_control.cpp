// What drivers answer besides numbers and features: bitsets, the receive hash, time stamps.
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>

#include <nanotune/words.hpp>

#include "support/fake_interfaces.hpp"
#include "support/kernel_habits.hpp"

namespace nanotune::test {

namespace {

template <typename Number>
std::vector<Number> numbers_in(const std::string& text, int base) {
    std::vector<Number> numbers;
    for (const std::string_view word : split_words(text)) {
        numbers.push_back(
            static_cast<Number>(std::strtoul(std::string(word).c_str(), nullptr, base)));
    }
    return numbers;
}

std::string text_of_key(const std::vector<std::uint8_t>& key) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : key) {
        text += text.empty() ? "" : " ";
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

/// Of a driver that chooses places itself, the first that is free.
std::uint32_t place_of(const FakeHost& host, const std::string& device, std::uint32_t asked_for) {
    if (host.text(flow_cell(device, "rules")) != "chosen places") {
        return asked_for;
    }
    std::uint32_t place = 100;
    while (!host.text(flow_cell(device, std::to_string(place))).empty()) {
        ++place;
    }
    return place;
}

}  // namespace

std::uint32_t receiving_queues(const Cells& cells, const std::string& device) {
    const auto count = [&](unsigned attribute) {
        return static_cast<std::uint32_t>(
            number_of(cells, ethtool_cell(device, ETHTOOL_MSG_CHANNELS_GET, attribute)));
    };
    return count(ETHTOOL_A_CHANNELS_COMBINED_COUNT) + count(ETHTOOL_A_CHANNELS_RX_COUNT);
}

std::string table_in_turn(const Cells& cells, const std::string& device, std::size_t entries) {
    const std::uint32_t queues = std::max(receiving_queues(cells, device), 1U);
    std::string table;
    for (std::size_t i = 0; i < entries; ++i) {
        table += (i == 0 ? "" : " ") + std::to_string(i % queues);
    }
    return table;
}

Status FakeEthtool::may_change(const std::string& device, const std::string& operation) const {
    return kernel_->look([&](const FakeHost& host) -> Status {
        if (!host.cells.contains(link_cell(device, "index"))) {
            return kernel_failure(operation, ENODEV);
        }
        return host.capabilities.contains(Capability::net_admin) ? Status()
                                                                 : kernel_failure(operation, EPERM);
    });
}

Result<DriverInfo> FakeEthtool::driver(const std::string& device) {
    return kernel_->look([&](const FakeHost& host) -> Result<DriverInfo> {
        if (!host.cells.contains("firmware:" + device)) {
            return kernel_failure("ETHTOOL_GDRVINFO", EOPNOTSUPP);
        }
        return DriverInfo{.name = {}, .firmware = host.text("firmware:" + device)};
    });
}

Result<Counters> FakeEthtool::counters(const std::string& device) {
    return kernel_->look([&](const FakeHost& host) -> Result<Counters> {
        const std::string prefix = counter_cell(device, "");
        Counters counters;
        for (const std::string& key : keys_below(host.cells, prefix)) {
            counters[key.substr(prefix.size())] =
                static_cast<std::uint64_t>(number_of(host.cells, key));
        }
        return counters.empty() ? kernel_failure("ETHTOOL_GSTATS", EOPNOTSUPP)
                                : Result<Counters>(std::move(counters));
    });
}

Result<EthtoolNumbers> FakeEthtool::queue_coalesce(const std::string& device, unsigned queue) {
    return kernel_->look([&](const FakeHost& host) -> Result<EthtoolNumbers> {
        std::string prefix = queue_coalesce_cell(device, queue, 0);
        prefix.pop_back();
        EthtoolNumbers numbers;
        for (const std::string& key : keys_below(host.cells, prefix)) {
            const auto attribute = std::strtoul(key.c_str() + prefix.size(), nullptr, 10);
            numbers[static_cast<std::uint16_t>(attribute)].number =
                static_cast<std::uint64_t>(number_of(host.cells, key));
        }
        return numbers.empty() ? kernel_failure("ETHTOOL_PERQUEUE", EOPNOTSUPP)
                               : Result<EthtoolNumbers>(std::move(numbers));
    });
}

Status FakeEthtool::set_queue_coalesce(const std::string& device, unsigned queue,
                                       const EthtoolNumbers& numbers) {
    const std::string operation = "ETHTOOL_PERQUEUE";
    NT_CHECK(may_change(device, operation));
    NT_CHECK(queue_coalesce(device, queue));
    std::vector<Write> writes;
    for (const auto& [attribute, number] : numbers) {
        writes.push_back(
            {queue_coalesce_cell(device, queue, attribute), std::to_string(number.number)});
    }
    return kernel_->write(operation, std::move(writes));
}

Result<EthtoolBits> FakeEthtool::bits(std::uint8_t command, const std::string& device,
                                      std::uint16_t attribute) {
    return kernel_->look([&](const FakeHost& host) -> Result<EthtoolBits> {
        const std::string prefix = bit_cell(device, command, attribute, "");
        if (any_fits(host.behaviours.unreadable, prefix)) {
            return kernel_failure("ETHTOOL " + std::to_string(command), EBUSY);
        }
        EthtoolBits bits;
        for (const std::string& key : keys_below(host.cells, prefix)) {
            bits[key.substr(prefix.size())] = host.text(key) == "1";
        }
        if (bits.empty()) {
            return kernel_failure("ETHTOOL " + std::to_string(command), EOPNOTSUPP);
        }
        return bits;
    });
}

Status FakeEthtool::set_bits(std::uint8_t command, const std::string& device,
                             std::uint16_t attribute, const EthtoolBits& bits,
                             const EthtoolNumbers& numbers) {
    const unsigned get_command = command - 1U;
    const std::string operation = "ETHTOOL " + std::to_string(command);
    NT_CHECK(may_change(device, operation));
    std::vector<Write> writes;
    for (const auto& [name, is_on] : bits) {
        writes.push_back({bit_cell(device, get_command, attribute, name), is_on ? "1" : "0"});
    }
    for (const auto& [type, number] : numbers) {
        writes.push_back({ethtool_cell(device, get_command, type),
                          std::to_string(number.number) + "/" + std::to_string(number.width)});
    }
    const Status known = kernel_->look([&](const FakeHost& host) -> Status {
        for (const Write& write : writes) {
            if (!host.cells.contains(write.key)) {
                return kernel_failure(operation, EINVAL, "bit name not found");
            }
        }
        return {};
    });
    NT_CHECK(known);
    return kernel_->write(operation, std::move(writes));
}

Result<ReceiveHash> FakeEthtool::receive_hash(const std::string& device) {
    return kernel_->look([&](const FakeHost& host) -> Result<ReceiveHash> {
        if (keys_below(host.cells, rss_cell(device, "")).empty()) {
            return kernel_failure("ETHTOOL_GRSSH", EOPNOTSUPP);
        }
        return ReceiveHash{
            .table = numbers_in<std::uint32_t>(host.text(rss_cell(device, "table")), 10),
            .key = numbers_in<std::uint8_t>(host.text(rss_cell(device, "key")), 16),
            .function =
                static_cast<std::uint8_t>(number_of(host.cells, rss_cell(device, "function"))),
            .queues = receiving_queues(host.cells, device)};
    });
}

Status FakeEthtool::set_receive_hash(const std::string& device, const ReceiveHashChange& change) {
    const std::string operation = "ETHTOOL_SRSSH";
    NT_CHECK(may_change(device, operation));
    NT_TRY(const ReceiveHash now, receive_hash(device));
    std::vector<Write> writes;
    if (change.table && change.table->empty()) {
        writes.push_back({rss_cell(device, "table"), kernel_->look([&](const FakeHost& host) {
                              return table_in_turn(host.cells, device, now.table.size());
                          })});
    } else if (change.table) {
        std::string table;
        for (const std::uint32_t queue : *change.table) {
            if (queue >= now.queues) {
                return kernel_failure(operation, EINVAL);
            }
            table += (table.empty() ? "" : " ") + std::to_string(queue);
        }
        if (change.table->size() != now.table.size()) {
            return kernel_failure(operation, EINVAL);
        }
        writes.push_back({rss_cell(device, "table"), table});
    }
    if (!change.key.empty()) {
        if (change.key.size() != now.key.size()) {
            return kernel_failure(operation, EINVAL);
        }
        writes.push_back({rss_cell(device, "key"), text_of_key(change.key)});
    }
    if (change.function != 0) {
        writes.push_back({rss_cell(device, "function"), std::to_string(change.function)});
    }
    return kernel_->write(operation, std::move(writes));
}

Result<HardwareStamps> FakeEthtool::hardware_stamps(const std::string& device) {
    return kernel_->look([&](const FakeHost& host) -> Result<HardwareStamps> {
        if (!host.cells.contains(stamps_cell(device, "tx"))) {
            return kernel_failure("SIOCGHWTSTAMP", EOPNOTSUPP);
        }
        const auto number = [&](std::string_view field) {
            return static_cast<std::uint32_t>(number_of(host.cells, stamps_cell(device, field)));
        };
        return HardwareStamps{.tx = number("tx"), .rx = number("rx")};
    });
}

Status FakeEthtool::set_hardware_stamps(const std::string& device, const HardwareStamps& stamps) {
    NT_CHECK(may_change(device, "SIOCSHWTSTAMP"));
    NT_CHECK(hardware_stamps(device));
    return kernel_->write("SIOCSHWTSTAMP",
                          {{stamps_cell(device, "tx"), std::to_string(stamps.tx)},
                           {stamps_cell(device, "rx"), std::to_string(stamps.rx)}});
}

Result<std::vector<FlowRule>> FakeEthtool::flow_rules(const std::string& device) {
    return kernel_->look([&](const FakeHost& host) -> Result<std::vector<FlowRule>> {
        if (!host.cells.contains(flow_cell(device, "rules"))) {
            return kernel_failure("ETHTOOL_GRXCLSRLCNT", EOPNOTSUPP);
        }
        std::vector<FlowRule> rules;
        for (const std::string& key : keys_below(host.cells, flow_cell(device, ""))) {
            if (!key.ends_with(":rules") && !host.text(key).empty()) {
                rules.push_back(numbers_in<std::uint8_t>(host.text(key), 16));
            }
        }
        return rules;
    });
}

Status FakeEthtool::put_flow_rule(const std::string& device, const FlowRule& rule) {
    const std::string operation = "ETHTOOL_SRXCLSRLINS";
    NT_CHECK(may_change(device, operation));
    NT_CHECK(flow_rules(device));
    ethtool_rx_flow_spec spec{};
    std::memcpy(&spec, rule.data(), std::min(rule.size(), sizeof spec));
    spec.location =
        kernel_->look([&](const FakeHost& host) { return place_of(host, device, spec.location); });
    FlowRule placed(sizeof spec);
    std::memcpy(placed.data(), &spec, sizeof spec);
    return kernel_->write(
        operation, {{flow_cell(device, std::to_string(spec.location)), text_of_key(placed)}});
}

Status FakeEthtool::remove_flow_rule(const std::string& device, std::uint32_t location) {
    const std::string operation = "ETHTOOL_SRXCLSRLDEL";
    NT_CHECK(may_change(device, operation));
    const std::string cell = flow_cell(device, std::to_string(location));
    const bool is_there =
        kernel_->look([&](const FakeHost& host) { return !host.text(cell).empty(); });
    return is_there ? kernel_->write(operation, {{cell, ""}}) : kernel_failure(operation, ENOENT);
}

}  // namespace nanotune::test
