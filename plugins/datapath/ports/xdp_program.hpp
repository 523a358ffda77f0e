// The program in the kernel that hands our packets to an AF_XDP socket and leaves all others alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nanotune/error.hpp>

#include "datapath/packet/packet.h"
#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// On a device as long as the object lives: the kernel takes the program off when its last
/// descriptor is closed, however the process ends.
class XdpProgram {
  public:
    enum class Mode { native, generic };

    /// Errors: denied; busy where another program is on the device; unsupported.
    static Result<XdpProgram> attach(unsigned device, const nt_listen& listen, Mode mode);

    /// Our packets of this queue go to the socket from now on. Errors: as the system's.
    Status send_to(const Descriptor& socket, std::uint32_t queue);

  private:
    XdpProgram(Descriptor sockets, Descriptor program, Descriptor link)
        : sockets_(std::move(sockets)), program_(std::move(program)), link_(std::move(link)) {}

    Descriptor sockets_;
    Descriptor program_;
    Descriptor link_;
};

}  // namespace nanotune::datapath
