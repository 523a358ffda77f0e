// What a worker's options say of the frames that are its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nanotune/error.hpp>

#include "datapath/packet/packet.h"
#include "datapath/ports/device.hpp"
#include "datapath/ports/membership.hpp"
#include "options.hpp"

namespace nanotune::datapath {

/// The multicast group that is to be joined; none where the address is a host's.
[[nodiscard]] std::optional<Group> group_of(const WorkerOptions& options);

/// Frames on the device. Answers to a group come from the device's first address. Errors:
/// not_found where it has none.
[[nodiscard]] Result<nt_listen> listening(const WorkerOptions& options, const Device& device);

/// Whether a worker that takes packets like this, as its shared memory says, has them without the
/// kernel's stack; not where it says nothing.
[[nodiscard]] bool goes_past_kernel(std::string_view how);

/// Whether it has the address that it would listen to, or, of a group, one that orders would come
/// from, where that is not the kernel's choice: of backends that are tried, what the worker before
/// came to (`was_past_kernel`) needs it. Asks anew each time.
[[nodiscard]] bool has_address(const WorkerOptions& options, bool was_past_kernel);

/// Of an address on a macvlan, that the device below answers ARP for it, too, and how that ends; ""
/// where none does.
[[nodiscard]] std::string who_answers_too(const WorkerOptions& options);

/// Whether a backend that goes past the kernel's stack could take what is listened to, and reach
/// who gets the orders: what is this host's own never comes to a device, nor what is sent to the
/// link address of another. Errors: conflict, naming the one that it cannot; as the system's.
[[nodiscard]] Status goes_by_device(const WorkerOptions& options);

}  // namespace nanotune::datapath
