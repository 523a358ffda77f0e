// What ethtool tells of a network device.
#pragma once

#include "support/fake_host.hpp"

namespace nanotune::test {

/// Every group of a physical device, and of a virtual one what veth has. The entries of the table
/// of its receive hash are made with its queues.
void add_ethtool(FakeHost& host, const std::string& name, const NicOptions& options);

}  // namespace nanotune::test
