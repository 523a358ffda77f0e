#include "device_presence.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/storage/next_line.hpp"

namespace nanotune::datapath {

namespace {

struct Question {
    nlmsghdr header;
    ifinfomsg link;
};

}  // namespace

Result<DevicePresence> DevicePresence::open(const std::string& device) {
    const unsigned index = ::if_nametoindex(device.c_str());
    if (index == 0) {
        return kernel_failure("look for " + device, errno);
    }
    Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!socket.is_open()) {
        return kernel_failure("make a netlink socket", errno);
    }
    Descriptor address(
        ::open(("/sys/class/net/" + device + "/address").c_str(), O_RDONLY | O_CLOEXEC));
    return DevicePresence(std::move(socket), std::move(address), index);
}

std::string DevicePresence::link_address() const {
    std::array<char, 128> text;
    const ssize_t got = ::pread(address_.number(), text.data(), text.size(), 0);
    std::string_view line(text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return std::string(next_line(line));
}

bool DevicePresence::is_there() const {
    Question question{};
    question.header = {.nlmsg_len = sizeof question,
                       .nlmsg_type = RTM_GETLINK,
                       .nlmsg_flags = NLM_F_REQUEST,
                       .nlmsg_seq = 0,
                       .nlmsg_pid = 0};
    question.link.ifi_index = static_cast<int>(index_);
    if (::send(socket_.number(), &question, sizeof question, 0) < 0) {
        return true;  // nobody said that it is gone
    }
    // The kernel answers within the call. What it says of a device may be long, and is not needed.
    std::array<std::uint8_t, NLMSG_LENGTH(sizeof(nlmsgerr))> answer{};
    const ssize_t got = ::recv(socket_.number(), answer.data(), answer.size(), MSG_DONTWAIT);
    nlmsghdr header{};
    int error = 0;
    if (got < static_cast<ssize_t>(sizeof header + sizeof error)) {
        return true;
    }
    std::memcpy(&header, answer.data(), sizeof header);
    std::memcpy(&error, answer.data() + sizeof header, sizeof error);
    return header.nlmsg_type != NLMSG_ERROR || error != -ENODEV;
}

bool is_up(const std::string& device) {
    const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    if (!socket.is_open() || device.size() >= sizeof request.ifr_name) {
        return false;
    }
    std::ranges::copy(device, request.ifr_name);
    return ::ioctl(socket.number(), SIOCGIFFLAGS, &request) == 0 &&
           (request.ifr_flags & IFF_UP) != 0;
}

}  // namespace nanotune::datapath
