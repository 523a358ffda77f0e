// What is asked of network devices by ioctl.
#pragma once

#include <string_view>

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

struct ifreq;  // NOLINT(readability-identifier-naming): the kernel's

namespace nanotune {

/// Opens at first use, in the network namespace that the calling thread is in then.
class ControlSocket {
  public:
    /// `about` goes to the kernel, and comes back with its answer. Errors: as kernel_failure.
    [[nodiscard]] Status call(unsigned long request, ifreq& about, std::string_view operation);
    /// Whether the caller's CAP_NET_ADMIN counts in its network namespace, and is not that of a
    /// user namespace below the one which that belongs to. What cannot be asked counts as so.
    [[nodiscard]] bool is_network_ours();

  private:
    /// Where none can be had it stays closed, and errno says why.
    [[nodiscard]] const Descriptor& socket();

    Descriptor socket_;
};

}  // namespace nanotune
