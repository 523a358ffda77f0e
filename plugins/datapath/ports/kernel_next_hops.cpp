#include "kernel_next_hops.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kept_way.hpp"
#include "missed_hops.hpp"

namespace nanotune::datapath {

namespace {

bool is_in(const Address& address, const RouteFact& route) {
    const unsigned bytes = route.length / 8;
    const unsigned bits = route.length % 8;
    if (std::memcmp(address.data(), route.destination.data(), bytes) != 0) {
        return false;
    }
    return bits == 0 || ((address[bytes] ^ route.destination[bytes]) >> (8 - bits)) == 0;
}

/// Where packets to the address go first, as the routes say; null where they do not leave by the
/// device.
const Address* next_of(const RouteFacts& facts, const Address& address) noexcept {
    const auto route = std::ranges::find_if(
        facts.routes, [&address](const RouteFact& one) { return is_in(address, one); });
    if (route == facts.routes.end() || route->is_elsewhere) {
        return nullptr;
    }
    return route->has_gateway ? &route->gateway : &address;
}

bool found_in(const RouteFacts& facts, const Address* next, LinkAddress& out) noexcept {
    if (next == nullptr) {
        return false;
    }
    const auto neighbour =
        std::ranges::lower_bound(facts.neighbours, *next, {}, &NeighbourFact::address);
    if (neighbour == facts.neighbours.end() || neighbour->address != *next) {
        return false;
    }
    out = neighbour->link;
    return true;
}

void keep_off(std::span<const unsigned> cpus) {
    cpu_set_t others;
    std::memset(&others, 0xFF, sizeof others);  // the kernel leaves out what is not there
    for (const unsigned cpu : cpus) {
        CPU_CLR(cpu, &others);
    }
    static_cast<void>(::sched_setaffinity(0, sizeof others, &others));  // fails where none is left
}

}  // namespace

/// Two sets of facts: one that is looked at, and one that is made anew. The hot thread says while
/// it looks; the other waits until it does not before it touches what was looked at.
class KernelNextHops::Follower {
  public:
    Follower(unsigned device, bool is_ipv6, std::span<const unsigned> hot_cpus, Descriptor changes,
             Descriptor stop, RouteFacts first, std::optional<Asker> asker,
             std::optional<KeptWay> way)
        : device_(device),
          is_ipv6_(is_ipv6),
          changes_(std::move(changes)),
          stop_(std::move(stop)),
          asker_(std::move(asker)),
          way_(std::move(way)),
          facts_{std::move(first), {}},
          thread_([this, cpus = std::vector<unsigned>(hot_cpus.begin(), hot_cpus.end())] {
              keep_off(cpus);
              follow();
          }) {}

    ~Follower() {
        const std::uint64_t one = 1;
        static_cast<void>(::write(stop_.number(), &one, sizeof one));
        thread_.join();
    }
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;
    Follower(Follower&&) = delete;
    Follower& operator=(Follower&&) = delete;

    bool find(const std::uint8_t* bytes, LinkAddress& out) noexcept {
        Address address{};
        std::copy_n(bytes, is_ipv6_ ? 16 : 4, address.begin());
        is_looking_.store(true);
        const RouteFacts& facts = facts_[generation_.load() % 2];
        const Address* const next = next_of(facts, address);
        const bool is_found = found_in(facts, next, out);
        if (asker_ && next != nullptr && !is_found) {
            missed_.note(*next);
        }
        is_looking_.store(false);
        return is_found;
    }
    void ask_for_missed() noexcept {
        missed_.take([this](const Address& next) { asker_->ask(next); });
    }
    void forget_missed() noexcept { missed_.forget(); }
    [[nodiscard]] std::uint32_t generation() const noexcept {
        return generation_.load(std::memory_order_relaxed);
    }

  private:
    void follow() {
        pollfd watched[] = {{.fd = changes_.number(), .events = POLLIN, .revents = 0},
                            {.fd = stop_.number(), .events = POLLIN, .revents = 0}};
        for (;;) {
            // Interrupted where the process gives up its rights: in every thread, by a signal.
            if (::poll(watched, 2, patience()) < 0) {
                continue;
            }
            if ((watched[1].revents & POLLIN) != 0) {
                return;
            }
            // What changed is asked for, whole: a message that was lost loses nothing.
            std::array<std::uint8_t, 16 << 10> ignored;
            while (::recv(changes_.number(), ignored.data(), ignored.size(), MSG_DONTWAIT) > 0) {
            }
            take(route_facts(device_, is_ipv6_));
            if (way_) {
                way_->ask(knows_way(), KeptWay::Clock::now());
            }
        }
    }

    [[nodiscard]] bool knows_way() const {
        LinkAddress ignored{};
        const RouteFacts& facts = facts_[generation_.load() % 2];
        return found_in(facts, next_of(facts, way_->address()), ignored);
    }

    /// In milliseconds, as poll takes it.
    [[nodiscard]] int patience() const {
        constexpr int until_asked_again = 1'000;
        if (has_missed_) {
            return until_asked_again;
        }
        if (!way_) {
            return -1;
        }
        return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(
                                    way_->left(knows_way(), KeptWay::Clock::now()))
                                    .count());
    }

    void take(Result<RouteFacts> now) {
        const std::uint32_t generation = generation_.load();
        has_missed_ = !now;
        if (!now || *now == facts_[generation % 2]) {
            return;
        }
        facts_[(generation + 1) % 2] = *std::move(now);
        generation_.store(generation + 1);
        while (is_looking_.load()) {
            std::this_thread::yield();
        }
    }

    unsigned device_;
    bool is_ipv6_;
    Descriptor changes_;
    Descriptor stop_;
    std::optional<Asker> asker_;
    MissedHops missed_;
    std::optional<KeptWay> way_;
    bool has_missed_ = false;  ///< what changed last: the kernel did not tell
    std::array<RouteFacts, 2> facts_;
    std::atomic<std::uint32_t> generation_{0};
    std::atomic<bool> is_looking_{false};
    std::thread thread_;
};

void KernelNextHops::Closer::operator()(Follower* follower) const noexcept {
    delete follower;  // NOLINT(cppcoreguidelines-owning-memory): its unique_ptr's
}

KernelNextHops::KernelNextHops(std::unique_ptr<Follower, Closer> follower)
    : follower_(std::move(follower)) {}

Result<KernelNextHops> KernelNextHops::open(unsigned device, bool is_ipv6,
                                            std::span<const unsigned> hot_cpus,
                                            AskedFor asked_for) {
    NT_TRY(Descriptor changes, route_changes(is_ipv6));  // first, so that no change falls between
    NT_TRY(RouteFacts facts, route_facts(device, is_ipv6));
    std::optional<Asker> asker;
    if (asked_for.is_missed) {
        NT_TRY(asker, Asker::open(is_ipv6, device));
    }
    std::optional<KeptWay> way;
    if (asked_for.receiver != nullptr) {
        NT_TRY(way, KeptWay::open(*asked_for.receiver, is_ipv6, device));
        way->ask(false, KeptWay::Clock::now());
    }
    Descriptor stop(::eventfd(0, EFD_CLOEXEC));
    if (!stop.is_open()) {
        return kernel_failure("make an event", errno);
    }
    return KernelNextHops(std::unique_ptr<Follower, Closer>(
        new Follower(device, is_ipv6, hot_cpus, std::move(changes), std::move(stop),
                     std::move(facts), std::move(asker), std::move(way))));
}

bool KernelNextHops::find(const std::uint8_t* address, LinkAddress& out) const noexcept {
    return follower_->find(address, out);
}

void KernelNextHops::ask_for_missed() noexcept {
    follower_->ask_for_missed();
}

void KernelNextHops::forget_missed() noexcept {
    follower_->forget_missed();
}

std::uint32_t KernelNextHops::generation() const noexcept {
    return follower_->generation();
}

}  // namespace nanotune::datapath
