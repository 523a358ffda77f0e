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
/// finds it without waiting. Nobody is asked to resolve an address: one that the kernel does not
/// know is not known here.
class KernelNextHops {
  public:
    /// Asks once, and follows from then on, on other CPUs than these where there are some.
    /// Errors: as route_facts.
    static Result<KernelNextHops> open(unsigned device, bool is_ipv6,
                                       std::span<const unsigned> hot_cpus);

    bool find(const std::uint8_t* address, LinkAddress& out) const noexcept;
    [[nodiscard]] std::uint32_t generation() const noexcept;

  private:
    class Follower;
    struct Closer {
        void operator()(Follower* follower) const noexcept;
    };
    explicit KernelNextHops(std::unique_ptr<Follower, Closer> follower);

    std::unique_ptr<Follower, Closer> follower_;
};
static_assert(NextHops<KernelNextHops>);

/// Has the kernel find out the way to an address that has not sent anything: by a datagram without
/// content to its port 9 (discard, RFC 863). Does not wait; whether it becomes known, next hops
/// say.
void ask_kernel_for(const std::array<std::uint8_t, 16>& address, bool is_ipv6);

}  // namespace nanotune::datapath
