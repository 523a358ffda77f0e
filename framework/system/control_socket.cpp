#include "system/control_socket.hpp"

#include <cerrno>

#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace nanotune {

const Descriptor& ControlSocket::socket() {
    if (!socket_.is_open()) {
        socket_ = Descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    }
    return socket_;
}

Status ControlSocket::call(unsigned long request, ifreq& about, std::string_view operation) {
    const Descriptor& socket = this->socket();
    return socket.is_open() && ::ioctl(socket.number(), request, &about) == 0
               ? Status()
               : kernel_failure(operation, errno);
}

/// The kernel hands the namespace out to whom it would let change it.
bool ControlSocket::is_network_ours() {
    const Descriptor& socket = this->socket();
    return !socket.is_open() || Descriptor(::ioctl(socket.number(), SIOCGSKNS)).is_open() ||
           errno != EPERM;
}

}  // namespace nanotune
