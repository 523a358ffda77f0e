#include "trace.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <fmt/core.h>

namespace nanotune::datapath {

namespace {

constexpr timespec between_looks{.tv_sec = 0, .tv_nsec = 20'000'000};

/// What was put into one worker's ring since the last look.
class Reader {
  public:
    explicit Reader(const TraceRing& ring) : ring_(ring), next_(ring.written()) {}

    /// Up to `most`; how many were shown.
    std::uint64_t show(std::uint64_t most) {
        const std::uint64_t end = ring_.written();
        if (end - next_ > TraceRing::size) {
            missed_ += end - next_ - TraceRing::size;
            next_ = end - TraceRing::size;
        }
        std::uint64_t shown = 0;
        for (; next_ < end && shown < most; ++next_) {
            if (const auto packet = ring_.at(next_)) {
                std::fputs(line_of(*packet).c_str(), stdout);
                ++shown;
            } else {
                ++missed_;
            }
        }
        return shown;
    }
    [[nodiscard]] std::uint64_t missed() const { return missed_; }

  private:
    const TraceRing& ring_;
    std::uint64_t next_;
    std::uint64_t missed_ = 0;
};

std::string sender_of(const TracedPacket& packet) {
    if (packet.sender == Sender::session) {
        return fmt::format("session {}", packet.source[0]);
    }
    if (packet.port == 0) {
        return "unknown";
    }
    const bool is_ipv6 = packet.sender == Sender::ipv6;
    std::array<char, INET6_ADDRSTRLEN> address{};
    ::inet_ntop(is_ipv6 ? AF_INET6 : AF_INET, packet.source.data(), address.data(), address.size());
    return is_ipv6 ? fmt::format("[{}]:{}", address.data(), nt_swap16(packet.port))
                   : fmt::format("{}:{}", address.data(), nt_swap16(packet.port));
}

}  // namespace

std::string line_of(const TracedPacket& packet) {
    const auto seconds = static_cast<std::time_t>(packet.time / 1'000'000'000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:02}:{:02}:{:02}.{:09} {} {} {} ns\n", parts.tm_hour, parts.tm_min,
                       parts.tm_sec, packet.time % 1'000'000'000, sender_of(packet),
                       packet.outcome < nt_outcomes ? name_of(packet.outcome) : "?", packet.took);
}

Status trace(Shared& shared, std::uint64_t count, const std::atomic<bool>& stop) {
    const std::string_view how = shared.head.how.data();
    if (how.starts_with("xdp") && !how.contains("following TCP connections")) {
        return failure(ErrorCode::unsupported,
                       "trace: with backend xdp packets are answered in the kernel, and the worker "
                       "sees none of them");
    }
    std::vector<Reader> readers;
    for (std::uint32_t worker = 0; worker < shared.workers; ++worker) {
        readers.emplace_back(shared.parts[worker].traced);
    }
    std::uint64_t left = count == 0 ? UINT64_MAX : count;
    while (!stop.load(std::memory_order_relaxed) && left != 0) {
        shared.trace.wanted.add();  // whoever else looks may count at the same time: it changes
        for (Reader& reader : readers) {
            left -= reader.show(left);
        }
        if (std::fflush(stdout) != 0 || shared.head.state_now() == worker::State::ended) {
            break;
        }
        ::nanosleep(&between_looks, nullptr);
    }
    std::uint64_t missed = 0;
    for (const Reader& reader : readers) {
        missed += reader.missed();
    }
    if (missed != 0) {
        std::fputs(fmt::format("{} packets came too fast to be shown\n", missed).c_str(), stderr);
    }
    return {};
}

}  // namespace nanotune::datapath
