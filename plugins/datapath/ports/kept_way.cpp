#include "kept_way.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

#include "socket_address.hpp"
#include "socket_filter.hpp"

namespace nanotune::datapath {

Result<Asker> Asker::open(bool is_ipv6, unsigned device) {
    Descriptor socket(
        ::socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open()) {
        return kernel_failure("make a UDP socket", errno);
    }
    NT_CHECK(attach_filter(socket, nothing_filter()));
    return Asker(std::move(socket), is_ipv6, device);
}

void Asker::ask(const std::array<std::uint8_t, 16>& address) const noexcept {
    constexpr std::uint16_t discard = 9;
    const SocketAddress to = socket_address(address, is_ipv6_, discard, device_);
    static_cast<void>(
        ::sendto(socket_.number(), nullptr, 0, MSG_DONTWAIT | MSG_NOSIGNAL, to.get(), to.size));
}

Result<KeptWay> KeptWay::open(const std::array<std::uint8_t, 16>& address, bool is_ipv6,
                              unsigned device) {
    NT_TRY(Asker asker, Asker::open(is_ipv6, device));
    return KeptWay(std::move(asker), address);
}

KeptWay::Clock::duration KeptWay::left(bool is_known, Clock::time_point now) const noexcept {
    constexpr std::chrono::seconds seldom{15};  // less than the kernel takes a neighbour for right
    constexpr std::chrono::seconds often{1};
    return std::max(asked_ + (is_known ? seldom : often) - now, Clock::duration::zero());
}

void KeptWay::ask(bool is_known, Clock::time_point now) noexcept {
    if (left(is_known, now) > Clock::duration::zero()) {
        return;
    }
    asker_.ask(address_);
    asked_ = now;
}

}  // namespace nanotune::datapath
