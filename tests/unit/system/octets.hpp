// Netlink messages spelled out byte by byte, whole and broken, as a test writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "system/answer.hpp"

namespace octets {

using Octets = std::vector<std::byte>;

inline constexpr std::uint32_t sequence = 7;
inline constexpr std::uint32_t port = 4242;

template <typename Number>
Octets of(const Number& number) {
    const auto bytes = std::as_bytes(std::span(&number, std::size_t{1}));
    return {bytes.begin(), bytes.end()};
}

inline Octets text(std::string_view words) {
    const auto bytes = std::as_bytes(std::span(words));
    Octets octets(bytes.begin(), bytes.end());
    octets.emplace_back();
    return octets;
}

inline Octets operator+(Octets left, const Octets& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

inline Octets padded(Octets octets) {
    octets.resize(NLMSG_ALIGN(octets.size()));
    return octets;
}

inline Octets first(Octets octets, std::size_t size) {
    octets.resize(size);
    return octets;
}

/// A whole attribute with its padding.
inline Octets attribute(int type, const Octets& payload) {
    const nlattr header{.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + payload.size()),
                        .nla_type = static_cast<std::uint16_t>(type)};
    return padded(of(header) + payload);
}

inline Octets nest(int type, const Octets& inside) {
    return attribute(type | NLA_F_NESTED, inside);
}

template <typename Number>
Octets number(int type, Number value) {
    return attribute(type, of(value));
}

struct MessageHead {
    int type = 0;
    int flags = 0;
    std::uint32_t sequence = octets::sequence;
    std::uint32_t port = octets::port;
};

inline Octets message(const MessageHead& head, const Octets& body) {
    const nlmsghdr header{.nlmsg_len = static_cast<std::uint32_t>(sizeof(nlmsghdr) + body.size()),
                          .nlmsg_type = static_cast<std::uint16_t>(head.type),
                          .nlmsg_flags = static_cast<std::uint16_t>(head.flags),
                          .nlmsg_seq = head.sequence,
                          .nlmsg_pid = head.port};
    return padded(of(header) + body);
}

/// The body of a generic netlink message.
inline Octets generic(const Octets& attributes) {
    return of(genlmsghdr{.cmd = 1, .version = 1, .reserved = 0}) + attributes;
}

/// The body of an acknowledgement: the code, and the header of a request of `request_size` bytes.
inline Octets verdict(std::int32_t code, std::uint32_t request_size = sizeof(nlmsghdr)) {
    return of(code) + of(nlmsghdr{.nlmsg_len = request_size,
                                  .nlmsg_type = 20,
                                  .nlmsg_flags = 5,
                                  .nlmsg_seq = sequence,
                                  .nlmsg_pid = port});
}

}  // namespace octets
