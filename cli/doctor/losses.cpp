// What was lost in NICs and in datapaths.
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "finding.hpp"

namespace nanotune::doctor {

namespace {

bool contains_one(std::string_view name, std::span<const std::string_view> signs) {
    return std::ranges::any_of(signs,
                               [name](std::string_view sign) { return name.contains(sign); });
}

enum class Loss { buffers, link, other };

/// "tx_errors", "queue_0_tx_missed_tx", "[0]: tx_discards"
bool is_of_sending(std::string_view name) {
    for (std::size_t at = name.find("tx"); at != std::string_view::npos;
         at = name.find("tx", at + 1)) {
        if (at == 0 || std::isalpha(static_cast<unsigned char>(name[at - 1])) == 0) {
            return true;
        }
    }
    return false;
}

/// What a counter's name speaks of.
Loss loss_of(std::string_view name) {
    constexpr std::string_view buffers[] = {
        "miss",       "fifo",       "over",    "no_buf", "nobuf",
        "out_of_buf", "alloc_fail", "discard", "nodesc", "no_dma_resources"};
    constexpr std::string_view links[] = {"crc",    "frame",  "length", "carrier",
                                          "symbol", "jabber", "align"};
    if (is_of_sending(name)) {
        return contains_one(name, links) ? Loss::link : Loss::other;
    }
    return contains_one(name, buffers) ? Loss::buffers
           : contains_one(name, links) ? Loss::link
                                       : Loss::other;
}

/// The counter that grew most, or else is largest, of those that tell of the same loss: kernel and
/// driver count it twice.
const HostCounters::value_type* worst(const NicFacts& nic, Loss loss) {
    const HostCounters::value_type* found = nullptr;
    for (const auto& counter : nic.counters) {
        const bool is_worse =
            found == nullptr || std::pair(counter.second.grown(), counter.second.now) >
                                    std::pair(found->second.grown(), found->second.now);
        if (counter.second.now > 0 && loss_of(counter.first) == loss && is_worse) {
            found = &counter;
        }
    }
    return found;
}

/// The line for a ring of twice as many, and of `least` at least; none where the card has no more.
std::vector<Remedy> longer_ring(const NicFacts& nic, std::string_view key,
                                std::optional<unsigned> now, std::optional<unsigned> most,
                                unsigned least) {
    if (!now || !most || *now >= *most) {
        return {};
    }
    const unsigned wanted = std::min(*most, std::max(least, 2 * *now));
    return {
        {section_of("nic", nic.name), std::string(key), optional_text(fmt::format("{}", wanted))}};
}

void look_at_buffers(const HostFacts& facts, const NicFacts& nic, Findings& findings) {
    const auto* const counter = worst(nic, Loss::buffers);
    if (counter == nullptr) {
        return;
    }
    Finding finding{.check = {},
                    .subject = nic.name,
                    .seen = fmt::format("{} has lost packets as no buffer was free: {} is {}",
                                        nic.name, counter->first, told(counter->second, facts)),
                    .why =
                        "a burst was longer than the ring of the queue, or its CPU came "
                        "too late",
                    .advice = "see also what else runs on the CPUs of its interrupts",
                    .is_past = counter->second.grown() == 0};
    if (nic.rx_ring && nic.most_rx_ring && *nic.rx_ring < *nic.most_rx_ring) {
        finding.seen +=
            fmt::format("; the ring holds {} of {} at most", *nic.rx_ring, *nic.most_rx_ring);
        finding.remedies =
            longer_ring(nic, "ring.rx", nic.rx_ring, nic.most_rx_ring, *nic.most_rx_ring);
    }
    findings.push_back(std::move(finding));
}

void look_at_link(const HostFacts& facts, const NicFacts& nic, Findings& findings) {
    if (const auto* const counter = worst(nic, Loss::link)) {
        findings.push_back({.check = {},
                            .subject = nic.name,
                            .seen = fmt::format("{} has met damaged frames: {} is {}", nic.name,
                                                counter->first, told(counter->second, facts)),
                            .why = "each is a packet that has to be sent again, or is lost",
                            .advice =
                                "cable, transceiver or the port of the switch; `ethtool -S` has "
                                "all of the counters",
                            .is_past = counter->second.grown() == 0});
    }
    const auto dropped = nic.counters.find("rx_dropped");
    if (dropped != nic.counters.end() && dropped->second.grown() > 0) {
        findings.push_back({.check = {},
                            .subject = nic.name,
                            .seen = fmt::format("the kernel drops packets that {} has received: {}",
                                                nic.name, told(dropped->second, facts)),
                            .why =
                                "they are of no protocol or VLAN that this host takes, or a queue "
                                "is full",
                            .advice = "`dropwatch` or the tracepoint skb:kfree_skb tells where"});
    }
}

}  // namespace

void look_at_rings(const HostFacts& facts, Findings& findings) {
    for (const NicFacts& nic : facts.nics) {
        look_at_buffers(facts, nic, findings);
        look_at_link(facts, nic, findings);
    }
}

void look_at_datapaths(const HostFacts& facts, Findings& findings) {
    for (const DatapathFacts& datapath : facts.datapaths) {
        for (const auto& [name, counter] : datapath.counters) {
            if (counter.now == 0) {
                continue;
            }
            const bool came_too_fast = name.starts_with("dropped");
            const std::string_view kept_back = name == "pool exhausted"
                                                   ? "the response pool had no slot for answers"
                                                   : "the transmit queue had no slot for answers";
            Finding finding{
                .check = {},
                .subject = datapath.name,
                .seen = fmt::format("the datapath has lost packets ({}): {}", name,
                                    told(counter, facts)),
                .why = std::string(came_too_fast ? "they came faster than its workers take them"
                                                 : kept_back),
                .advice = came_too_fast ? "more workers, each with a queue and a CPU of "
                                          "its own: [datapath.NAME] cpus"
                                        : "answers leave slower than they are made: the "
                                          "link, or the transmit ring of the NIC",
                .is_past = counter.grown() == 0};
            const auto nic = std::ranges::find(facts.nics, datapath.device, &NicFacts::name);
            if (nic != facts.nics.end()) {
                finding.remedies =
                    came_too_fast
                        ? longer_ring(*nic, "ring.rx", nic->rx_ring, nic->most_rx_ring, 4096)
                        : longer_ring(*nic, "ring.tx", nic->tx_ring, nic->most_tx_ring, 1024);
            }
            findings.push_back(std::move(finding));
        }
    }
}

}  // namespace nanotune::doctor
