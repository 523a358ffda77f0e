// What a driver says of itself, and what it counts. The names come in one block and the numbers in
// another, in the same order.
#include <algorithm>
#include <cstring>
#include <span>

#include <linux/ethtool.h>
#include <linux/sockios.h>

#include "system/device_control.hpp"

namespace nanotune {

namespace {

constexpr std::size_t most_counters = 1U << 16U;

/// Up to the first NUL: a name of full length has none.
std::string text_in(std::span<const char> field) {
    return {field.begin(), std::ranges::find(field, '\0')};
}

}  // namespace

Result<DriverInfo> DeviceControl::driver(const std::string& device) {
    ethtool_drvinfo info{};
    info.cmd = ETHTOOL_GDRVINFO;
    NT_CHECK(call(SIOCETHTOOL, device, &info, "driver (ETHTOOL_GDRVINFO)"));
    std::string firmware = text_in(info.fw_version);
    return DriverInfo{.name = text_in(info.driver),
                      .firmware = firmware == "N/A" ? std::string() : std::move(firmware)};
}

Result<Counters> DeviceControl::counters(const std::string& device) {
    const std::string operation = "counters (ETHTOOL_GSTATS)";
    ethtool_drvinfo info{};
    info.cmd = ETHTOOL_GDRVINFO;
    NT_CHECK(call(SIOCETHTOOL, device, &info, operation));
    const std::size_t count = info.n_stats;
    if (count == 0) {
        return failure(ErrorCode::unsupported, operation + ": the driver has none of its own");
    }
    if (count > most_counters) {
        return failure(ErrorCode::invalid, operation + ": counters beyond all measure");
    }
    std::vector<char> names(sizeof(ethtool_gstrings) + (count * ETH_GSTRING_LEN));
    ethtool_gstrings asked{};
    asked.cmd = ETHTOOL_GSTRINGS;
    asked.string_set = ETH_SS_STATS;
    asked.len = info.n_stats;
    std::memcpy(names.data(), &asked, sizeof asked);
    NT_CHECK(call(SIOCETHTOOL, device, names.data(), operation));
    std::memcpy(&asked, names.data(), sizeof asked);

    std::vector<std::byte> block(sizeof(ethtool_stats) + (count * sizeof(std::uint64_t)));
    ethtool_stats header{};
    header.cmd = ETHTOOL_GSTATS;
    header.n_stats = info.n_stats;
    std::memcpy(block.data(), &header, sizeof header);
    NT_CHECK(call(SIOCETHTOOL, device, block.data(), operation));
    std::memcpy(&header, block.data(), sizeof header);
    // The kernel fills neither block where their number has changed meanwhile.
    if (asked.len != info.n_stats || header.n_stats != info.n_stats) {
        return failure(ErrorCode::busy, operation + ": their number changes while they are read");
    }
    Counters counters;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t number = 0;
        std::memcpy(&number, block.data() + sizeof(ethtool_stats) + (i * sizeof number),
                    sizeof number);
        counters.emplace(text_in(std::span(names).subspan(
                             sizeof(ethtool_gstrings) + (i * ETH_GSTRING_LEN), ETH_GSTRING_LEN)),
                         number);
    }
    return counters;
}

}  // namespace nanotune
