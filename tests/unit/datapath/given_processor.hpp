// A processor on a port in memory, armed, with everything at hand that a test looks at.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "datapath/processor/memory_port.hpp"
#include "datapath/processor/processor.hpp"
#include "support/listening.hpp"
#include "support/packets.hpp"

namespace nanotune::test {

inline constexpr datapath::LinkAddress peer_link{0x02, 0, 0, 0, 0, 0x01};

struct GivenOptions {
    nt_listen listen = listening();
    std::optional<datapath::RespondTo> respond = {};
    std::size_t flows = 64;
    std::size_t slots = 64;
    bool is_armed = true;
};

template <typename Family, typename Logic = datapath::Threshold,
          typename Hops = datapath::OneNextHop>
struct GivenProcessor {
    explicit GivenProcessor(const GivenOptions& options = {}, Hops next = Hops(peer_link))
        : hops(std::move(next)),
          port(options.slots),
          processor({.listen = options.listen, .respond = options.respond, .flows = options.flows},
                    port, hops, control, counters) {
        control.arm(options.is_armed);
    }

    /// What the packets are answered with, each in a copy of exactly its size, so that a sanitizer
    /// sees one byte too many.
    std::vector<Packet> answers_to(const std::vector<Packet>& packets) {
        std::vector<datapath::Frame> frames;
        for (const Packet& packet : packets) {
            copies.push_back(packet);
            copies.back().shrink_to_fit();
            frames.push_back({.data = begin_of(copies.back()),
                              .length = static_cast<std::uint32_t>(packet.size())});
        }
        port.feed(frames);
        std::vector<Packet> answers;
        while (processor.poll() != 0) {
            for (auto answer = port.take(); !answer.empty(); answer = port.take()) {
                answers.emplace_back(answer.begin(), answer.end());
            }
        }
        copies.clear();
        return answers;
    }

    [[nodiscard]] std::uint64_t counted(nt_outcome outcome) const {
        return counters.outcomes[outcome].now();
    }

    datapath::Control control;
    datapath::Counters counters{};
    std::vector<Packet> copies;
    Hops hops;
    datapath::MemoryPort port;
    datapath::Processor<datapath::MemoryPort, Family, Logic, Hops> processor;
};

using GivenIpv4 = GivenProcessor<datapath::Ipv4>;
using GivenIpv6 = GivenProcessor<datapath::Ipv6>;

}  // namespace nanotune::test
