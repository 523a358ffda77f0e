#include "probes.hpp"

#include <cstring>
#include <ctime>

#define _SDT_HAS_SEMAPHORES 1
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

namespace {

std::uint64_t time_of_day() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

bool has_probes_watched() noexcept {
    return nanotune_packet_processed_semaphore != 0 || nanotune_drop_semaphore != 0 ||
           nanotune_kick_semaphore != 0;
}

void ProbedTrace::processed(const nt_datagram& datagram, nt_outcome outcome,
                            std::uint64_t took) noexcept {
    __extension__ using Wide = unsigned __int128;
    TracedPacket packet{
        .time = time_of_day(),
        .took = static_cast<std::uint64_t>(Wide{took} * 1'000'000'000 / ticks_per_second_),
        .port = datagram.source_port,
        .sender = sender_,
        .outcome = outcome};
    if (datagram.source != nullptr) {
        std::memcpy(packet.source.data(), datagram.source, sender_ == Sender::ipv6 ? 16 : 4);
    }
    ring_.put(packet);
    const std::uint64_t* const address = packet.source.data();
    const auto version = static_cast<unsigned>(sender_);
    const unsigned port = nt_swap16(packet.port);
    const char* const name = name_of(outcome).data();  // of a literal: it ends with a zero
    STAP_PROBE6(nanotune, packet_processed, address, version, port, packet.took,
                static_cast<unsigned>(outcome), name);
    if (nt_is_error(outcome)) {
        STAP_PROBE5(nanotune, drop, address, version, port, static_cast<unsigned>(outcome), name);
    }
}

void ProbedTrace::kicked(std::size_t answers, std::size_t lost) noexcept {
    STAP_PROBE2(nanotune, kick, answers, lost);
}

}  // namespace nanotune::datapath
