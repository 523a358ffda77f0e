#include "system/control_socket.hpp"

#include <cerrno>

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace nanotune {

Status ControlSocket::call(unsigned long request, ifreq& about, std::string_view operation) {
    if (!socket_.is_open()) {
        socket_ = Descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    }
    return socket_.is_open() && ::ioctl(socket_.number(), request, &about) == 0
               ? Status()
               : kernel_failure(operation, errno);
}

}  // namespace nanotune
