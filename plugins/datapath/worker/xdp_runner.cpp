#include "xdp_runner.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "datapath/ports/kernel_next_hops.hpp"
#include "datapath/ports/socket_filter.hpp"
#include "datapath/ports/xdp_link.hpp"
#include "datapath/xdp/answer_program.hpp"
#include "errands.hpp"
#include "listening.hpp"
#include "worker/live_word.hpp"

namespace nanotune::datapath {

namespace {

constexpr std::uint64_t second = 1'000'000'000;
/// A switch that is told is passed on at once, whatever else changes after this at most.
constexpr std::chrono::microseconds look_every{1'000};
/// A worker that does not look for so long has hung: orders stop.
constexpr std::uint64_t armed_for = 2 * second;
constexpr unsigned histogram_every = 16;  // looks

static_assert(nt_xdp_time_parts == Histogram::parts);

std::uint64_t coarse_time() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * second +
           static_cast<std::uint64_t>(now.tv_nsec);
}

std::uint64_t seen(const nt_u64& number) noexcept {
    return __atomic_load_n(&number, __ATOMIC_RELAXED);
}

/// What has been taken over of one CPU's counts.
struct Taken {
    std::uint64_t packets = 0;
    std::uint64_t timed_packets = 0;  ///< when its times were taken over
    std::array<std::uint64_t, nt_outcomes> outcomes{};
    std::array<std::uint64_t, nt_xdp_times> times{};
};

class XdpRunner : public Runner {
  public:
    XdpRunner(AnswerProgram program, Descriptor guard, std::optional<KernelNextHops> hops,
              const nt_xdp_fixed& fixed, Shared& shared)
        : guard_(std::move(guard)),
          program_(std::move(program)),
          hops_(std::move(hops)),
          fixed_(fixed),
          shared_(shared),
          counters_(shared.parts.front().counters),
          errands_(shared, shared.parts.front()),
          taken_(program_.counted().size()) {}

    /// What the program goes by is said before the first packet comes. How it is attached.
    Result<std::string> attach(unsigned device) {
        tell();
        NT_TRY(link_, XdpLink::attach(program_.program(), device));
        return link_->how();
    }

    void run(const std::atomic<bool>& stop) noexcept override {
        errands_.begin();
        for (unsigned looks = 0; !stop.load(std::memory_order_relaxed); ++looks) {
            const std::uint64_t switches = __atomic_load_n(shared_.switches(), __ATOMIC_RELAXED);
            tell();
            take(looks % histogram_every == 0);
            worker::wait_for_change(shared_.switches(), switches, look_every);
        }
        program_.set_switches(0);
        link_->detach();
        take(true);
    }

    [[nodiscard]] bool sleeps() const noexcept override { return true; }
    [[nodiscard]] Usage usage() const noexcept override {
        return {};
    }  // the driver's, who tells none
    [[nodiscard]] Status stands() const override { return link_->stands(); }

  private:
    void tell() noexcept {
        const nt_settings settings = shared_.control.now();
        if (hops_ && (!is_resolved_ || hops_->generation() != generation_)) {
            generation_ = hops_->generation();
            LinkAddress link{};
            const bool is_known = hops_->find(fixed_.receiver.address, link);
            std::uint64_t number = 0;
            std::memcpy(&number, link.data(), link.size());
            program_.set_link(is_known ? number : 0);
            is_resolved_ = true;
        }
        program_.set_order(settings.price | std::uint64_t{settings.quantity} << 32);
        program_.set_armed_until(coarse_time() + armed_for);
        program_.set_switches(settings.network_order | (settings.is_armed != 0 ? 1U << 8 : 0U));
    }

    void take(bool with_times) noexcept {
        const bool is_asked = errands_.have_come();
        take_counts(with_times || is_asked);
        if (is_asked) {
            errands_.run([this] { counters_.clear(); }, [] {});
        }
    }

    void take_counts(bool with_times) noexcept {
        const auto counted = program_.counted();
        for (std::size_t cpu = 0; cpu < counted.size(); ++cpu) {
            Taken& taken = taken_[cpu];
            const std::uint64_t packets = seen(counted[cpu].packets);
            if (packets != taken.packets) {
                taken.packets = take_outcomes(counted[cpu], taken);
            }
            if (with_times && packets != taken.timed_packets) {
                take_times(counted[cpu], taken);
                taken.timed_packets = packets;
            }
        }
    }

    /// How many packets have an outcome by now. One is counted in `packets` first and by its
    /// outcome last: one that lies between makes them differ, and is taken over by the next look.
    std::uint64_t take_outcomes(const nt_xdp_counted& counted, Taken& taken) noexcept {
        std::uint64_t packets = 0;
        for (std::size_t outcome = 0; outcome < taken.outcomes.size(); ++outcome) {
            const std::uint64_t now = seen(counted.outcomes[outcome]);
            counters_.outcomes[outcome].add(now - std::exchange(taken.outcomes[outcome], now));
            packets += now;
        }
        return packets;
    }

    void take_times(const nt_xdp_counted& counted, Taken& taken) noexcept {
        for (std::size_t bucket = 0; bucket < taken.times.size(); ++bucket) {
            const std::uint64_t now = seen(counted.times[bucket]);
            if (const std::uint64_t more = now - std::exchange(taken.times[bucket], now);
                more != 0) {
                counters_.took(in_ticks(Histogram::last_of(bucket)), more);
                counters_.last_time.set(in_ticks(seen(counted.last_time)));
            }
        }
    }

    [[nodiscard]] std::uint64_t in_ticks(std::uint64_t nanoseconds) const noexcept {
        return nanoseconds * shared_.ticks_per_second / second;  // of less than a second
    }

    Descriptor guard_;
    AnswerProgram program_;
    std::optional<XdpLink> link_;
    std::optional<KernelNextHops> hops_;
    nt_xdp_fixed fixed_;
    Shared& shared_;
    Counters& counters_;
    Errands errands_;
    std::vector<Taken> taken_;
    std::uint32_t generation_ = 0;
    bool is_resolved_ = false;
};

nt_u32 logic_of(LogicName logic) {
    switch (logic) {
        case LogicName::echo:
            return nt_xdp_echo;
        case LogicName::discard:
            return nt_xdp_discard;
        case LogicName::threshold:
        case LogicName::strategy:  // refused before
            break;
    }
    return nt_xdp_threshold;
}

nt_xdp_fixed fixed_of(const WorkerOptions& options, const nt_listen& listen) {
    nt_xdp_fixed fixed{};
    fixed.listen = listen;
    fixed.logic = logic_of(options.logic);
    if (options.respond) {
        std::ranges::copy(options.respond->address, fixed.receiver.address);
        fixed.receiver.port = nt_swap16(options.respond->port);
        fixed.has_receiver = 1;
    }
    return fixed;
}

}  // namespace

Status fits_xdp_program(const Device& device, const std::string& name) {
    return device.mtu <= nt_most_seen
               ? Status()
               : failure(ErrorCode::unsupported,
                         fmt::format(
                             "{}: the XDP program takes frames of MTU {} at most, and it has {}",
                             name, int{nt_most_seen}, device.mtu));
}

Result<std::unique_ptr<Runner>> xdp_runner(const WorkerOptions& options, const nt_listen& listen,
                                           const Device& device, Shared& shared, std::string& how) {
    NT_CHECK(fits_xdp_program(device, options.device));
    NT_TRY(Descriptor guard, guard_socket(listen, device.index, group_of(options)));
    const nt_xdp_fixed fixed = fixed_of(options, listen);
    std::optional<KernelNextHops> hops;
    if (options.respond) {
        NT_TRY(hops, KernelNextHops::open(device.index, options.listen.is_ipv6, options.cpus,
                                          {.receiver = &options.respond->address}));
    }
    NT_TRY(AnswerProgram program, AnswerProgram::load(fixed));
    auto runner = std::make_unique<XdpRunner>(std::move(program), std::move(guard), std::move(hops),
                                              fixed, shared);
    NT_TRY(const std::string attached_how, runner->attach(device.index));
    how = "xdp, " + attached_how;
    return runner;
}

}  // namespace nanotune::datapath
