#include "membership.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>

#include "system/storage/file_facts.hpp"
#include "system/storage/next_line.hpp"

namespace nanotune::datapath {

namespace {

sockaddr_storage address_of(const std::array<std::uint8_t, 16>& bytes, bool is_ipv6) {
    sockaddr_storage storage{};
    if (is_ipv6) {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        std::memcpy(&address.sin6_addr, bytes.data(), sizeof address.sin6_addr);
        std::memcpy(&storage, &address, sizeof address);
    } else {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        std::memcpy(&address.sin_addr, bytes.data(), sizeof address.sin_addr);
        std::memcpy(&storage, &address, sizeof address);
    }
    return storage;
}

std::string hexadecimal(const std::array<std::uint8_t, 16>& bytes, std::size_t size) {
    std::string text;
    for (std::size_t at = 0; at < size; ++at) {
        text += fmt::format("{:02x}", bytes[at]);
    }
    return text;
}

/// All of an open file that the kernel writes whenever it is read.
std::string text_of(const Descriptor& file) {
    std::string text;
    std::array<char, 4096> part;
    for (;;) {
        const ssize_t got =
            ::pread(file.number(), part.data(), part.size(), static_cast<off_t>(text.size()));
        if (got <= 0) {
            return text;
        }
        text.append(part.data(), static_cast<std::size_t>(got));
    }
}

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
        if (end != 0) {
            words.emplace_back(line.substr(0, end));
            std::ranges::transform(words.back(), words.back().begin(),
                                   [](unsigned char sign) { return std::tolower(sign); });
        }
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

/// Words of the file's lines, those of IPv4's groups with their device's number in front: it stands
/// in a line of its own.
bool has_line(std::string_view text, std::string_view wanted, bool has_headings) {
    std::string device;
    while (!text.empty()) {
        const std::string_view line = next_line(text);
        const std::vector<std::string> words = words_of(line);
        if (words.size() < 2) {
            continue;
        }
        if (has_headings && !line.starts_with('\t')) {
            device = words.front();
            continue;
        }
        std::string found = has_headings ? device + " " + words[0] : words[0];
        for (std::size_t at = 1; !has_headings && at < words.size(); ++at) {
            if (at != 1) {  // the device's name, which is cut off
                found += " " + words[at];
            }
        }
        if ((found + " ").starts_with(std::string(wanted) + " ")) {
            return true;
        }
    }
    return false;
}

}  // namespace

Status join(const Descriptor& socket, const Group& group) {
    const unsigned device = ::if_nametoindex(group.device.c_str());
    if (device == 0) {
        return kernel_failure("look for " + group.device, errno);
    }
    const int level = group.is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
    const int only_mine = 0;
    if (::setsockopt(socket.number(), level, group.is_ipv6 ? IPV6_MULTICAST_ALL : IP_MULTICAST_ALL,
                     &only_mine, sizeof only_mine) != 0) {
        return kernel_failure("keep to the multicast group", errno);
    }
    if (group.source) {
        group_source_req wanted{};
        wanted.gsr_interface = device;
        wanted.gsr_group = address_of(group.address, group.is_ipv6);
        wanted.gsr_source = address_of(*group.source, group.is_ipv6);
        if (::setsockopt(socket.number(), level, MCAST_JOIN_SOURCE_GROUP, &wanted, sizeof wanted) !=
            0) {
            return kernel_failure(group.device + ": join the multicast group's source", errno);
        }
        return {};
    }
    group_req wanted{};
    wanted.gr_interface = device;
    wanted.gr_group = address_of(group.address, group.is_ipv6);
    if (::setsockopt(socket.number(), level, MCAST_JOIN_GROUP, &wanted, sizeof wanted) != 0) {
        return kernel_failure(group.device + ": join the multicast group", errno);
    }
    return {};
}

Result<MembershipFacts> MembershipFacts::open(const Group& group) {
    const char* const path = group.source
                                 ? group.is_ipv6 ? "/proc/net/mcfilter6" : "/proc/net/mcfilter"
                             : group.is_ipv6 ? "/proc/net/igmp6"
                                             : "/proc/net/igmp";
    Descriptor groups(::open(path, O_RDONLY | O_CLOEXEC));
    if (!groups.is_open()) {
        return kernel_failure(fmt::format("open {}", path), errno);
    }
    const std::string folder = "/sys/class/net/" + group.device;
    Descriptor flags(::open((folder + "/flags").c_str(), O_RDONLY | O_CLOEXEC));
    std::string line = fmt::format("{} ", ::if_nametoindex(group.device.c_str()));
    if (group.is_ipv6) {
        line += hexadecimal(group.address, 16);
        line += group.source ? " " + hexadecimal(*group.source, 16) : "";
    } else if (group.source) {
        line += "0x" + hexadecimal(group.address, 4) + " 0x" + hexadecimal(*group.source, 4);
    } else {  // a number of the machine's, which is little-endian
        std::array<std::uint8_t, 16> turned = group.address;
        std::reverse(turned.begin(), turned.begin() + 4);
        line += hexadecimal(turned, 4);
    }
    return MembershipFacts(std::move(groups), std::move(flags), std::move(line),
                           !group.is_ipv6 && !group.source,
                           file_facts(folder + "/device").has_value());
}

bool MembershipFacts::is_joined() const {
    return has_line(text_of(groups_), line_, has_headings_);
}

DeviceFilter MembershipFacts::filter() const {
    const std::string text = text_of(flags_);
    if (!text.starts_with("0x")) {
        return DeviceFilter::unknown;
    }
    const unsigned flags =
        leading_number<unsigned>(std::string_view(text).substr(2), 16).value_or(0);
    return (flags & IFF_PROMISC) != 0    ? DeviceFilter::promiscuous
           : (flags & IFF_ALLMULTI) != 0 ? DeviceFilter::all_multicast
           : is_hardware_                ? DeviceFilter::unknown
                                         : DeviceFilter::none;
}

}  // namespace nanotune::datapath
