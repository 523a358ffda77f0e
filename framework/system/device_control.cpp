// The receive hash travels as a header, the table and the key behind it in one block.
#include "system/device_control.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>

#include <fmt/format.h>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>

namespace nanotune {

namespace {

constexpr std::size_t most_entries = 1U << 16U;
constexpr std::size_t most_key_bytes = 1U << 12U;

/// The header of struct ethtool_rxfh, with what follows it in the kernel's one block.
class HashBlock {
  public:
    HashBlock(std::size_t entries, std::size_t key_bytes)
        : entries_(entries), bytes_(sizeof(ethtool_rxfh) + (4 * entries) + key_bytes) {}

    [[nodiscard]] ethtool_rxfh header() const {
        ethtool_rxfh header;
        std::memcpy(&header, bytes_.data(), sizeof header);
        return header;
    }
    void set_header(const ethtool_rxfh& header) {
        std::memcpy(bytes_.data(), &header, sizeof header);
    }
    [[nodiscard]] std::vector<std::uint32_t> table() const {
        std::vector<std::uint32_t> table(entries_);
        std::memcpy(table.data(), bytes_.data() + sizeof(ethtool_rxfh), 4 * entries_);
        return table;
    }
    void set_table(const std::vector<std::uint32_t>& table) {
        std::memcpy(bytes_.data() + sizeof(ethtool_rxfh), table.data(), 4 * table.size());
    }
    [[nodiscard]] std::span<std::uint8_t> key() {
        return std::span(bytes_).subspan(sizeof(ethtool_rxfh) + (4 * entries_));
    }
    [[nodiscard]] void* data() { return bytes_.data(); }

  private:
    std::size_t entries_;
    std::vector<std::uint8_t> bytes_;
};

}  // namespace

Status DeviceControl::call(unsigned long request, const std::string& device, void* data,
                           const std::string& operation) {
    ifreq about{};
    if (device.size() >= sizeof about.ifr_name) {
        return kernel_failure(operation, ENODEV);
    }
    std::ranges::copy(device, about.ifr_name);
    about.ifr_data = static_cast<char*>(data);
    return socket_->call(request, about, operation);
}

Result<ReceiveHash> DeviceControl::receive_hash(const std::string& device) {
    const std::string operation = "receive hash (ETHTOOL_GRSSH)";
    ethtool_rxfh sizes{};
    sizes.cmd = ETHTOOL_GRSSH;
    NT_CHECK(call(SIOCETHTOOL, device, &sizes, operation));
    if (sizes.indir_size > most_entries || sizes.key_size > most_key_bytes) {
        return failure(ErrorCode::invalid, operation + ": a table or key beyond all measure");
    }
    HashBlock block(sizes.indir_size, sizes.key_size);
    ethtool_rxfh wanted{};
    wanted.cmd = ETHTOOL_GRSSH;
    wanted.indir_size = sizes.indir_size;
    wanted.key_size = sizes.key_size;
    block.set_header(wanted);
    NT_CHECK(call(SIOCETHTOOL, device, block.data(), operation));
    // Not every driver that has a table tells how many queues receive.
    ethtool_rxnfc rings{};
    rings.cmd = ETHTOOL_GRXRINGS;
    const bool tells_queues =
        call(SIOCETHTOOL, device, &rings, "receive queues (ETHTOOL_GRXRINGS)").has_value();
    return ReceiveHash{.table = block.table(),
                       .key = {block.key().begin(), block.key().end()},
                       .function = block.header().hfunc,
                       .queues = tells_queues ? static_cast<std::uint32_t>(rings.data) : 0};
}

Status DeviceControl::set_receive_hash(const std::string& device, const ReceiveHashChange& change) {
    const std::string operation = "receive hash (ETHTOOL_SRSSH)";
    // Since Linux 6.8 the first reserved byte says which fields are hashed alike in both
    // directions; it goes back as it came.
    ethtool_rxfh now{};
    now.cmd = ETHTOOL_GRSSH;
    NT_CHECK(call(SIOCETHTOOL, device, &now, "receive hash (ETHTOOL_GRSSH)"));
    const std::size_t entries = change.table ? change.table->size() : 0;
    HashBlock block(entries, change.key.size());
    ethtool_rxfh wanted{};
    wanted.cmd = ETHTOOL_SRSSH;
    wanted.indir_size =
        change.table ? static_cast<std::uint32_t>(entries) : ETH_RXFH_INDIR_NO_CHANGE;
    wanted.key_size = static_cast<std::uint32_t>(change.key.size());
    wanted.hfunc = change.function;
    wanted.rsvd8[0] = now.rsvd8[0];
    block.set_header(wanted);
    if (change.table) {
        block.set_table(*change.table);
    }
    std::ranges::copy(change.key, block.key().begin());
    return call(SIOCETHTOOL, device, block.data(), operation);
}

Result<HardwareStamps> DeviceControl::hardware_stamps(const std::string& device) {
    hwtstamp_config config{};
    NT_CHECK(call(SIOCGHWTSTAMP, device, &config, "time stamps (SIOCGHWTSTAMP)"));
    return HardwareStamps{.tx = static_cast<std::uint32_t>(config.tx_type),
                          .rx = static_cast<std::uint32_t>(config.rx_filter)};
}

Status DeviceControl::set_hardware_stamps(const std::string& device, const HardwareStamps& stamps) {
    hwtstamp_config config{};
    config.tx_type = static_cast<int>(stamps.tx);
    config.rx_filter = static_cast<int>(stamps.rx);
    return call(SIOCSHWTSTAMP, device, &config,
                fmt::format("time stamps tx {} rx {} (SIOCSHWTSTAMP)", stamps.tx, stamps.rx));
}

Result<std::vector<FlowRule>> DeviceControl::flow_rules(const std::string& device) {
    ethtool_rxnfc count{};
    count.cmd = ETHTOOL_GRXCLSRLCNT;
    NT_CHECK(call(SIOCETHTOOL, device, &count, "steering rules (ETHTOOL_GRXCLSRLCNT)"));
    if (count.rule_cnt > most_entries) {
        return failure(ErrorCode::invalid,
                       "steering rules (ETHTOOL_GRXCLSRLCNT): rules beyond all measure");
    }
    // The locations follow the structure, which ends with padding of its own.
    std::vector<std::uint8_t> block(sizeof(ethtool_rxnfc) + (4UL * count.rule_cnt));
    ethtool_rxnfc all{};
    all.cmd = ETHTOOL_GRXCLSRLALL;
    all.rule_cnt = count.rule_cnt;
    std::memcpy(block.data(), &all, sizeof all);
    NT_CHECK(call(SIOCETHTOOL, device, block.data(), "steering rules (ETHTOOL_GRXCLSRLALL)"));
    std::memcpy(&all, block.data(), sizeof all);
    std::vector<std::uint32_t> locations(std::min(all.rule_cnt, count.rule_cnt));
    std::memcpy(locations.data(), block.data() + offsetof(ethtool_rxnfc, rule_locs),
                4 * locations.size());
    std::ranges::sort(locations);
    std::vector<FlowRule> rules;
    for (const std::uint32_t location : locations) {
        ethtool_rxnfc one{};
        one.cmd = ETHTOOL_GRXCLSRULE;
        one.fs.location = location;
        NT_CHECK(call(SIOCETHTOOL, device, &one,
                      fmt::format("steering rule {} (ETHTOOL_GRXCLSRULE)", location)));
        FlowRule& rule = rules.emplace_back(sizeof one.fs);
        std::memcpy(rule.data(), &one.fs, sizeof one.fs);
    }
    return rules;
}

Status DeviceControl::put_flow_rule(const std::string& device, const FlowRule& rule) {
    ethtool_rxnfc request{};
    if (rule.size() != sizeof request.fs) {
        return failure(ErrorCode::invalid, "steering rule (ETHTOOL_SRXCLSRLINS): that is no rule");
    }
    request.cmd = ETHTOOL_SRXCLSRLINS;
    std::memcpy(&request.fs, rule.data(), sizeof request.fs);
    const std::string operation =
        fmt::format("steering rule {} (ETHTOOL_SRXCLSRLINS)", request.fs.location);
    Status put = call(SIOCETHTOOL, device, &request, operation);
    if (put || put.error().kernel_errno != EINVAL || !may_choose_places(device)) {
        return put;
    }
    request.fs.location = RX_CLS_LOC_ANY;
    return call(SIOCETHTOOL, device, &request, operation);
}

/// Whether the driver takes a rule without a place (linux/ethtool.h, RX_CLS_LOC_SPECIAL). Some, as
/// sfc and bnxt, take no others.
bool DeviceControl::may_choose_places(const std::string& device) {
    ethtool_rxnfc count{};
    count.cmd = ETHTOOL_GRXCLSRLCNT;
    return call(SIOCETHTOOL, device, &count, "steering rules (ETHTOOL_GRXCLSRLCNT)") &&
           (count.data & RX_CLS_LOC_SPECIAL) != 0;
}

Status DeviceControl::remove_flow_rule(const std::string& device, std::uint32_t location) {
    ethtool_rxnfc request{};
    request.cmd = ETHTOOL_SRXCLSRLDEL;
    request.fs.location = location;
    return call(SIOCETHTOOL, device, &request,
                fmt::format("steering rule {} (ETHTOOL_SRXCLSRLDEL)", location));
}

}  // namespace nanotune
