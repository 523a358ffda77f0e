// A next hop whose link address the hot thread did not find: noted there without waiting, and asked
// for by another thread, so that the kernel finds it out.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>

#include "route_facts.hpp"

namespace nanotune::datapath {

/// Room for one. What is missed while it is taken comes again with its next packet.
class MissedHop {
  public:
    /// By the one thread that looks for ways.
    void note(const Address& address) noexcept {
        if (!is_noted_.load(std::memory_order_acquire)) {
            address_ = address;
            is_noted_.store(true, std::memory_order_release);
        }
    }
    /// By one other thread: calls `ask` with the address where there is one, and makes room.
    template <typename Ask>
    void take(Ask ask) noexcept {
        if (is_noted_.load(std::memory_order_acquire)) {
            ask(address_);
            is_noted_.store(false, std::memory_order_release);
        }
    }

  private:
    Address address_{};
    std::atomic<bool> is_noted_{false};
};

}  // namespace nanotune::datapath
