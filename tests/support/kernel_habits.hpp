// The side effects that one write has on other cells, as Linux has them. Installed on every host.
#pragma once

#include "support/fake_host.hpp"

namespace nanotune::test {

void add_cpu_habits(FakeHost& host);
void add_irq_habits(FakeHost& host);
void add_nic_habits(FakeHost& host);
void add_mtu_habits(FakeHost& host);
void add_along_habits(FakeHost& host);
void add_file_habits(FakeHost& host);

/// The mask as wide as the host's CPUs: "0f" on eight.
[[nodiscard]] std::string padded_mask(const Cells& cells, const CpuSet& cpus);
[[nodiscard]] CpuSet cpus_in(const Cells& cells, std::string_view list_cell);

/// Makes the folder of an interrupt with the default affinity; `action` is its name in
/// /proc/interrupts.
void add_interrupt(Edit& edit, unsigned irq, const std::string& action, int node);
void write_interrupt_table(Edit& edit);
/// Interrupts that none of the online CPUs may serve are bound to all of them.
void break_affinity(Edit& edit);

/// Queues of the device that receive.
[[nodiscard]] std::uint32_t receiving_queues(const Cells& cells, const std::string& device);
/// The receive hash's table as the kernel makes it.
[[nodiscard]] std::string table_in_turn(const Cells& cells, const std::string& device,
                                        std::size_t entries);

/// Queues and interrupts of the device as its channel cells say. All are made anew where the device
/// is a physical one; a virtual one only loses what is above its new count.
void make_queues(Edit& edit, const std::string& device);

}  // namespace nanotune::test
