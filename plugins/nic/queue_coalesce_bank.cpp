// What a device's own moderation means for all of its queues, these mean for one; the device's own
// is written before, as it reaches all queues.
#include "queue_coalesce_bank.hpp"

#include <algorithm>
#include <limits>

#include <linux/ethtool_netlink.h>

#include "permission.hpp"
#include "queue_name.hpp"

namespace nanotune::nic {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::uint32_t>::max();

constexpr std::string_view by_masks = "ethtool tells it by masks of queues, not by their names";

constexpr std::string_view without_prefix(std::string_view name) {
    return name.substr(std::string_view("per_queue.").size());
}

constexpr EthtoolRow time(std::string_view name, std::uint16_t attribute,
                          std::string_view summary) {
    return {{.name = name,
             .domain = integer(0, largest, Unit::microseconds),
             .summary = summary,
             .written_as = without_prefix(name),
             .witness = {.none = by_masks}},
            attribute};
}

constexpr EthtoolRow count(std::string_view name, std::string_view alias, std::uint16_t attribute,
                           std::string_view summary) {
    return {{.name = name,
             .domain = integer(0, largest),
             .summary = summary,
             .alias = alias,
             .written_as = without_prefix(name),
             .witness = {.none = by_masks}},
            attribute};
}

constexpr EthtoolRow adaptive(std::string_view name, std::uint16_t attribute,
                              std::string_view summary) {
    return {{.name = name,
             .domain = flag(),
             .summary = summary,
             .written_as = without_prefix(name),
             .witness = {.none = by_masks}},
            attribute,
            1};
}

constexpr EthtoolRow receive_rows[] = {
    adaptive("per_queue.coalesce.adaptive_rx", ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX,
             "Let the driver vary this queue's receive delay with its packet rate."),
    time("per_queue.coalesce.rx_usecs", ETHTOOL_A_COALESCE_RX_USECS,
         "Longest wait between a packet that this queue received and its interrupt."),
    count("per_queue.coalesce.rx_max_frames", "per_queue.coalesce.rx_frames",
          ETHTOOL_A_COALESCE_RX_MAX_FRAMES,
          "Packets of this queue after which its interrupt comes without waiting."),
    time("per_queue.coalesce.rx_usecs_irq", ETHTOOL_A_COALESCE_RX_USECS_IRQ,
         "Longest receive wait of this queue while its interrupt is being served."),
    count("per_queue.coalesce.rx_max_frames_irq", "per_queue.coalesce.rx_frames_irq",
          ETHTOOL_A_COALESCE_RX_MAX_FRAMES_IRQ, "Packets of this queue that end that wait."),
};

constexpr EthtoolRow transmit_rows[] = {
    adaptive("per_queue.coalesce.adaptive_tx", ETHTOOL_A_COALESCE_USE_ADAPTIVE_TX,
             "Let the driver vary this queue's transmit delay with its packet rate."),
    time("per_queue.coalesce.tx_usecs", ETHTOOL_A_COALESCE_TX_USECS,
         "Longest wait between a packet that this queue sent and the interrupt that frees it."),
    count("per_queue.coalesce.tx_max_frames", "per_queue.coalesce.tx_frames",
          ETHTOOL_A_COALESCE_TX_MAX_FRAMES,
          "Packets sent by this queue after which its interrupt comes without waiting."),
    time("per_queue.coalesce.tx_usecs_irq", ETHTOOL_A_COALESCE_TX_USECS_IRQ,
         "Longest transmit wait of this queue while its interrupt is being served."),
    count("per_queue.coalesce.tx_max_frames_irq", "per_queue.coalesce.tx_frames_irq",
          ETHTOOL_A_COALESCE_TX_MAX_FRAMES_IRQ, "Packets sent by this queue that end that wait."),
};

std::string device_of(const Target& queue) {
    return std::string(queue.device());
}

}  // namespace

std::span<const EthtoolRow> receive_coalesce_rows() {
    return packed<receive_rows>;
}

std::span<const EthtoolRow> transmit_coalesce_rows() {
    return packed<transmit_rows>;
}

std::vector<const Tunable*> QueueCoalesceBank::tunables() const {
    std::vector<const Tunable*> all;
    all.reserve(rows_.size());
    for (const EthtoolRow& row : rows_) {
        all.push_back(&row.tunable);
    }
    return all;
}

const EthtoolRow& QueueCoalesceBank::row_of(const Tunable& tunable) const {
    return *std::ranges::find_if(rows_,
                                 [&](const EthtoolRow& row) { return &row.tunable == &tunable; });
}

std::vector<Result<Reading>> QueueCoalesceBank::read(System& system, const Target& target,
                                                     std::span<const Tunable* const> wanted) const {
    const auto numbers = system.ethtool().queue_coalesce(device_of(target), number_of(target));
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        readings.push_back([&]() -> Result<Reading> {
            if (!numbers) {
                return std::unexpected(numbers.error());
            }
            const auto found = numbers->find(row_of(*tunable).attribute);
            if (found == numbers->end()) {
                return lacks(Target::nic(device_of(target)), tunable->name);
            }
            NT_TRY(Value value, from_number(tunable->domain, found->second.number));
            return Reading{.value = std::move(value)};
        }());
    }
    return readings;
}

std::vector<Status> QueueCoalesceBank::write(System& system, const Target& target,
                                             std::span<const Assignment> assignments) const {
    EthtoolNumbers numbers;
    for (const auto& [tunable, value] : assignments) {
        const EthtoolRow& row = row_of(*tunable);
        numbers[row.attribute] = {.number = to_number(tunable->domain, value), .width = row.width};
    }
    return {assignments.size(),
            system.ethtool().set_queue_coalesce(device_of(target), number_of(target), numbers)};
}

Status QueueCoalesceBank::may_write(System& system, const Target& target,
                                    const Tunable& tunable) const {
    return may_administer(system, target, tunable);
}

}  // namespace nanotune::nic
