#include "trace.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <fmt/core.h>

#include "datapath/processor/ticks.hpp"

namespace nanotune::datapath {

namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr timespec between_looks{.tv_sec = 0, .tv_nsec = 20'000'000};

/// What was put into one worker's ring since the last look.
class Reader {
  public:
    explicit Reader(const TraceRing& ring)
        : ring_(ring), next_(ring.written()), passed_(ring.passed()) {}

    /// Up to `most`; how many were shown.
    std::uint64_t show(std::uint64_t most, const TimeOfTicks& times) {
        const std::uint64_t end = ring_.written();
        if (end - next_ > TraceRing::size) {
            missed_ += end - next_ - TraceRing::size;
            next_ = end - TraceRing::size;
        }
        std::uint64_t shown = 0;
        for (; next_ < end && shown < most; ++next_) {
            if (const auto packet = ring_.at(next_)) {
                std::fputs(line_of(*packet, times).c_str(), stdout);
                ++shown;
            } else {
                ++missed_;
            }
        }
        return shown;
    }
    [[nodiscard]] std::uint64_t missed() const { return missed_ + ring_.passed() - passed_; }

  private:
    const TraceRing& ring_;
    std::uint64_t next_;
    std::uint64_t passed_;
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

TimeOfTicks::TimeOfTicks(std::uint64_t ticks_per_second)
    : ticks_per_second_(ticks_per_second), ticks_(ticks()) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    time_ =
        static_cast<std::uint64_t>(now.tv_sec) * second + static_cast<std::uint64_t>(now.tv_nsec);
}

std::uint64_t TimeOfTicks::at(std::uint64_t tick) const noexcept {
    return tick < ticks_ ? time_ - nanoseconds(ticks_ - tick) : time_ + nanoseconds(tick - ticks_);
}

std::uint64_t TimeOfTicks::nanoseconds(std::uint64_t ticks) const noexcept {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(Wide{ticks} * second / ticks_per_second_);
}

std::string line_of(const TracedPacket& packet, const TimeOfTicks& times) {
    const std::uint64_t time = times.at(packet.ended);
    const auto seconds = static_cast<std::time_t>(time / second);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:02}:{:02}:{:02}.{:09} {} {} {} ns\n", parts.tm_hour, parts.tm_min,
                       parts.tm_sec, time % second, sender_of(packet),
                       packet.outcome < nt_outcomes ? name_of(packet.outcome) : "?",
                       times.nanoseconds(packet.took));
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
        const TimeOfTicks times(shared.ticks_per_second);
        for (Reader& reader : readers) {
            left -= reader.show(left, times);
        }
        shared.trace.looks.add();  // whoever else looks may count at the same time: it changes
        if (std::fflush(stdout) != 0) {
            return kernel_failure("trace: write to standard output", errno);
        }
        if (shared.head.state_now() == worker::State::ended) {
            std::fputs("the datapath has ended\n", stderr);
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
