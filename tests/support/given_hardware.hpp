// What lies around a fake host's CPUs, for tests of the whole picture.
#pragma once

#include "model/host_topology.hpp"
#include "support/fake_host.hpp"

namespace nanotune::test::given {

/// Level 1 and 2 for each core, and level 3 for each socket.
void add_caches(FakeHost& host);

/// A node with this much memory, a quarter of it free, and huge pages of 2 MiB, one of them free.
void add_memory(FakeHost& host, unsigned node, unsigned mebibytes, unsigned huge_pages = 0);

/// The NIC's queue is served by an interrupt that may run, and runs, there.
void bind_interrupt(FakeHost& host, unsigned irq, const std::string& allowed,
                    const std::string& effective);

/// "16.5 Gb/s" is 16500.
void set_speed(FakeHost& host, const std::string& nic, unsigned mbps);

/// Everything that `topology` finds there. Fails the test where that fails, or writes.
[[nodiscard]] HostTopology topology_of(FakeHost& host);

}  // namespace nanotune::test::given
