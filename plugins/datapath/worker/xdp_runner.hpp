// The backend xdp: packets are answered in the kernel, and the worker tells it by what, and what
// the kernel has counted to whoever watches.
#pragma once

#include <memory>
#include <string>

#include <nanotune/error.hpp>

#include "datapath/packet/packet.h"
#include "datapath/ports/device.hpp"
#include "options.hpp"
#include "runner.hpp"
#include "shared.hpp"

namespace nanotune::datapath {

/// Errors: unsupported where its frames are too large for a program in the kernel.
[[nodiscard]] Status fits_xdp_program(const Device& device, const std::string& name);

/// `how` is what to say of it: "xdp, native". Errors: as the program's and the ports'.
[[nodiscard]] Result<std::unique_ptr<Runner>> xdp_runner(const WorkerOptions& options,
                                                         const nt_listen& listen,
                                                         const Device& device, Shared& shared,
                                                         std::string& how);

}  // namespace nanotune::datapath
