// NICs in the picture of the host: who each is, and a row for each of its interrupts.
#pragma once

#include "model/host_topology.hpp"
#include "table.hpp"

namespace nanotune::cli {

/// The columns that the rows of NICs have.
[[nodiscard]] Table picture_of_nics();

/// A line, and the rows of its interrupts.
void draw_nic(Table& table, const Topology& topology, const NicLayout& nic);

/// Devices that are made of software, in one line.
void draw_virtual_devices(Table& table, const std::vector<NicLayout>& nics);

/// Whether it has hardware: queues, interrupts, a place on a node.
[[nodiscard]] bool is_hardware(const NicLayout& nic);

}  // namespace nanotune::cli
