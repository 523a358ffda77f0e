// The next hops that the kernel knows, followed as they change, for ports that go past it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>

#include <nanotune/error.hpp>

#include "datapath/processor/next_hop.hpp"
#include "route_facts.hpp"

namespace nanotune::datapath {

/// A NextHops. A thread of its own listens to the kernel and puts what it says where the hot thread
/// finds it without waiting. It has the kernel find out, and keep, the way to one receiver; of
/// others an address that the kernel does not know is not known here until it was asked for.
class KernelNextHops {
  public:
    /// Whose link addresses the kernel is to find out.
    struct AskedFor {
        const Address* receiver = nullptr;  ///< and to keep; may be null
        bool is_missed = false;             ///< whoever `find` does not know, once he is asked for
    };

    /// Asks once, and follows from then on, on other CPUs than these where there are some. Errors:
    /// as route_facts.
    static Result<KernelNextHops> open(unsigned device, bool is_ipv6,
                                       std::span<const unsigned> hot_cpus, AskedFor asked_for);

    bool find(const std::uint8_t* address, LinkAddress& out) const noexcept;
    [[nodiscard]] std::uint32_t generation() const noexcept;
    /// Has the kernel ask for a neighbour whose link address `find` has missed, where there is one.
    /// By one thread, and not by the hot one.
    void ask_for_missed() noexcept;
    /// Those that were missed until now are not asked for. By the same thread.
    void forget_missed() noexcept;

  private:
    class Follower;
    struct Closer {
        void operator()(Follower* follower) const noexcept;
    };
    explicit KernelNextHops(std::unique_ptr<Follower, Closer> follower);

    std::unique_ptr<Follower, Closer> follower_;
};
static_assert(NextHops<KernelNextHops>);

}  // namespace nanotune::datapath
