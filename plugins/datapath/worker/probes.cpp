#include "probes.hpp"

#include <algorithm>
#include <cstring>

#define _SDT_HAS_SEMAPHORES 1  // NOLINT(bugprone-reserved-identifier): what sys/sdt.h asks for
#include <sys/sdt.h>

#include "shared.hpp"

// Counted up and down by whoever waits at a probe, from outside (the kernel's uprobes).
extern "C" {
extern volatile unsigned short nanotune_packet_processed_semaphore;
extern volatile unsigned short nanotune_drop_semaphore;
extern volatile unsigned short nanotune_kick_semaphore;
[[gnu::section(".probes")]] volatile unsigned short nanotune_packet_processed_semaphore = 0;
[[gnu::section(".probes")]] volatile unsigned short nanotune_drop_semaphore = 0;
[[gnu::section(".probes")]] volatile unsigned short nanotune_kick_semaphore = 0;
}

namespace nanotune::datapath {

bool has_probes_watched() noexcept {
    return nanotune_packet_processed_semaphore != 0 || nanotune_drop_semaphore != 0 ||
           nanotune_kick_semaphore != 0;
}

bool ProbedTrace::wants(std::size_t packets) noexcept {
    if (const std::uint64_t now = looks_.now(); now != looks_before_) {
        looks_before_ = now;
        room_ = TraceRing::size;
    }
    if (room_ >= packets || has_probes_watched()) {
        return true;
    }
    ring_.pass(packets);
    return false;
}

TracedPacket ProbedTrace::traced(const SeenPacket& packet) const noexcept {
    TracedPacket traced{.ended = packet.ended,
                        .took = packet.took,
                        .port = packet.source_port,
                        .sender = sender_,
                        .outcome = packet.outcome};
    if (packet.source != nullptr) {
        std::memcpy(traced.source.data(), packet.source, sender_ == Sender::ipv6 ? 16 : 4);
    }
    return traced;
}

void ProbedTrace::seen(std::span<const SeenPacket> packets) noexcept {
    const bool is_watched = has_probes_watched();
    for (const SeenPacket& packet : packets) {
        const TracedPacket told = traced(packet);
        ring_.put(told);
        if (is_watched) [[unlikely]] {
            tell_probes(told);
        }
    }
    room_ -= std::min(room_, packets.size());
}

[[gnu::noinline]] void ProbedTrace::tell_probes(const TracedPacket& packet) const noexcept {
    __extension__ using Wide = unsigned __int128;
    const std::uint64_t* const address = packet.source.data();
    const auto version = static_cast<unsigned>(sender_);
    const unsigned port = nt_swap16(packet.port);
    const auto took =
        static_cast<std::uint64_t>(Wide{packet.took} * 1'000'000'000 / ticks_per_second_);
    const auto outcome = static_cast<unsigned>(packet.outcome);
    const char* const name = name_of(packet.outcome).data();  // of a literal: it ends with a zero
    STAP_PROBE6(nanotune, packet_processed, address, version, port, took, outcome, name);
    if (nt_is_error(packet.outcome) != 0) {
        STAP_PROBE5(nanotune, drop, address, version, port, outcome, name);
    }
}

void ProbedTrace::kicked(std::size_t answers, std::size_t lost) noexcept {
    STAP_PROBE2(nanotune, kick, answers, lost);
}

}  // namespace nanotune::datapath
