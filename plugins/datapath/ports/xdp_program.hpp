// The program in the kernel that hands our packets to an AF_XDP socket and leaves all others alone.
#pragma once

#include <cstdint>

#include <nanotune/error.hpp>

#include "datapath/packet/packet.h"
#include "system/storage/storage.hpp"
#include "xdp_link.hpp"

namespace nanotune::datapath {

/// On a device as long as the object lives.
class XdpProgram {
  public:
    /// Errors: as XdpLink's.
    static Result<XdpProgram> attach(unsigned device, const nt_listen& listen);

    [[nodiscard]] const XdpLink& link() const noexcept { return link_; }

    /// Our packets of this queue go to the socket from now on. Errors: as the system's.
    Status send_to(const Descriptor& socket, std::uint32_t queue);

  private:
    XdpProgram(Descriptor sockets, XdpLink link)
        : sockets_(std::move(sockets)), link_(std::move(link)) {}

    Descriptor sockets_;
    XdpLink link_;
};

}  // namespace nanotune::datapath
