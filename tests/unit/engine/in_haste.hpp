// What tests start from in which time runs out, or somebody stops what is under way.
#pragma once

#include <chrono>
#include <string_view>

#include "support/engine_on.hpp"
#include "support/given.hpp"

namespace nanotune::test {

/// Of each stage something, each thing of a call of its own.
inline constexpr std::string_view some_of_each =
    "[nic.eth0]\nring.rx = 1024\nmtu = 1400\ncoalesce.rx_usecs = 0\n[memory]\nswappiness = 10\n";

/// A NIC with rings, coalescing and an MTU, and what a host has of memory.
inline FakeHost host_in_haste() {
    return given::plain_host().with_nic("eth0");
}

inline ApplyRequest soon() {
    ApplyRequest request = apply_request();
    request.timeout = std::chrono::milliseconds(400);
    return request;
}

inline RollbackRequest rolled_back_soon() {
    RollbackRequest request = rollback_request();
    request.timeout = std::chrono::milliseconds(800);
    return request;
}

}  // namespace nanotune::test
