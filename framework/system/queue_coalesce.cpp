// The coalescing of one queue pair, by ioctl: netlink has it for whole devices only.
#include <array>
#include <cstring>

#include <fmt/format.h>
#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/sockios.h>

#include "system/device_control.hpp"

namespace nanotune {

namespace {

// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order of the rows
struct Field {
    std::uint16_t attribute;
    std::uint32_t ethtool_coalesce::* member;
    std::uint8_t width = 4;
};
constexpr std::uint8_t flag = 1;

constexpr Field fields[] = {
    {ETHTOOL_A_COALESCE_RX_USECS, &ethtool_coalesce::rx_coalesce_usecs},
    {ETHTOOL_A_COALESCE_RX_MAX_FRAMES, &ethtool_coalesce::rx_max_coalesced_frames},
    {ETHTOOL_A_COALESCE_RX_USECS_IRQ, &ethtool_coalesce::rx_coalesce_usecs_irq},
    {ETHTOOL_A_COALESCE_RX_MAX_FRAMES_IRQ, &ethtool_coalesce::rx_max_coalesced_frames_irq},
    {ETHTOOL_A_COALESCE_TX_USECS, &ethtool_coalesce::tx_coalesce_usecs},
    {ETHTOOL_A_COALESCE_TX_MAX_FRAMES, &ethtool_coalesce::tx_max_coalesced_frames},
    {ETHTOOL_A_COALESCE_TX_USECS_IRQ, &ethtool_coalesce::tx_coalesce_usecs_irq},
    {ETHTOOL_A_COALESCE_TX_MAX_FRAMES_IRQ, &ethtool_coalesce::tx_max_coalesced_frames_irq},
    {ETHTOOL_A_COALESCE_STATS_BLOCK_USECS, &ethtool_coalesce::stats_block_coalesce_usecs},
    {ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX, &ethtool_coalesce::use_adaptive_rx_coalesce, flag},
    {ETHTOOL_A_COALESCE_USE_ADAPTIVE_TX, &ethtool_coalesce::use_adaptive_tx_coalesce, flag},
    {ETHTOOL_A_COALESCE_PKT_RATE_LOW, &ethtool_coalesce::pkt_rate_low},
    {ETHTOOL_A_COALESCE_RX_USECS_LOW, &ethtool_coalesce::rx_coalesce_usecs_low},
    {ETHTOOL_A_COALESCE_RX_MAX_FRAMES_LOW, &ethtool_coalesce::rx_max_coalesced_frames_low},
    {ETHTOOL_A_COALESCE_TX_USECS_LOW, &ethtool_coalesce::tx_coalesce_usecs_low},
    {ETHTOOL_A_COALESCE_TX_MAX_FRAMES_LOW, &ethtool_coalesce::tx_max_coalesced_frames_low},
    {ETHTOOL_A_COALESCE_PKT_RATE_HIGH, &ethtool_coalesce::pkt_rate_high},
    {ETHTOOL_A_COALESCE_RX_USECS_HIGH, &ethtool_coalesce::rx_coalesce_usecs_high},
    {ETHTOOL_A_COALESCE_RX_MAX_FRAMES_HIGH, &ethtool_coalesce::rx_max_coalesced_frames_high},
    {ETHTOOL_A_COALESCE_TX_USECS_HIGH, &ethtool_coalesce::tx_coalesce_usecs_high},
    {ETHTOOL_A_COALESCE_TX_MAX_FRAMES_HIGH, &ethtool_coalesce::tx_max_coalesced_frames_high},
    {ETHTOOL_A_COALESCE_RATE_SAMPLE_INTERVAL, &ethtool_coalesce::rate_sample_interval},
};

/// A request for one queue: the kernel's header with the coalescing behind it.
class QueueRequest {
  public:
    QueueRequest(std::uint32_t sub_command, unsigned queue) {
        ethtool_per_queue_op header{};
        header.cmd = ETHTOOL_PERQUEUE;
        header.sub_command = sub_command;
        header.queue_mask[queue / 32] = 1U << (queue % 32);
        std::memcpy(bytes_.data(), &header, sizeof header);
    }

    [[nodiscard]] ethtool_coalesce coalesce() const {
        ethtool_coalesce value;
        std::memcpy(&value, bytes_.data() + sizeof(ethtool_per_queue_op), sizeof value);
        return value;
    }
    void set_coalesce(const ethtool_coalesce& value) {
        std::memcpy(bytes_.data() + sizeof(ethtool_per_queue_op), &value, sizeof value);
    }
    [[nodiscard]] void* data() { return bytes_.data(); }

  private:
    std::array<std::byte, sizeof(ethtool_per_queue_op) + sizeof(ethtool_coalesce)> bytes_{};
};

Status check_number(unsigned queue, const std::string& operation) {
    return queue < MAX_NUM_QUEUE
               ? Status()
               : failure(ErrorCode::invalid, operation + ": there is no such queue");
}

}  // namespace

Result<EthtoolNumbers> DeviceControl::queue_coalesce(const std::string& device, unsigned queue) {
    const std::string operation = fmt::format("coalescing of queue {} (ETHTOOL_PERQUEUE)", queue);
    NT_CHECK(check_number(queue, operation));
    QueueRequest request(ETHTOOL_GCOALESCE, queue);
    NT_CHECK(call(SIOCETHTOOL, device, request.data(), operation));
    const ethtool_coalesce found = request.coalesce();
    EthtoolNumbers numbers;
    for (const Field& field : fields) {
        numbers[field.attribute] = {.number = found.*field.member, .width = field.width};
    }
    return numbers;
}

Status DeviceControl::set_queue_coalesce(const std::string& device, unsigned queue,
                                         const EthtoolNumbers& numbers) {
    const std::string operation =
        fmt::format("coalescing of queue {} (ETHTOOL_PERQUEUE, ETHTOOL_SCOALESCE)", queue);
    NT_CHECK(check_number(queue, operation));
    QueueRequest now(ETHTOOL_GCOALESCE, queue);
    NT_CHECK(call(SIOCETHTOOL, device, now.data(), operation));
    ethtool_coalesce wanted = now.coalesce();
    wanted.cmd = ETHTOOL_SCOALESCE;
    for (const Field& field : fields) {
        if (const auto given = numbers.find(field.attribute); given != numbers.end()) {
            wanted.*field.member = static_cast<std::uint32_t>(given->second.number);
        }
    }
    QueueRequest request(ETHTOOL_SCOALESCE, queue);
    request.set_coalesce(wanted);
    return call(SIOCETHTOOL, device, request.data(), operation);
}

}  // namespace nanotune
