// The packets that come all the time, known by a few words: a message of market data alone behind
// IPv4 without tags, options and fragments. Part of packet.h; classify.h has all others.
#ifndef NANOTUNE_DATAPATH_USUAL_H
#define NANOTUNE_DATAPATH_USUAL_H

#include "classify.h"

enum {
    // C++ has a type for each enumeration: NOLINTNEXTLINE(readability-redundant-casting)
    nt_usual_udp_length = nt_udp_size + (int)nt_market_data_size,
    nt_usual_ip_length = nt_ipv4_size + nt_usual_udp_length,
    nt_usual_size = nt_ethernet_size + nt_usual_ip_length
};

/// Bytes of such a packet that are always the same.
struct nt_usual {
    nt_u64 link;             ///< the frame's first six bytes, in the upper 48 bits
    nt_u64 head;             ///< eight bytes of IP: version, length and fragment
    nt_u32 address;          ///< its destination
    nt_u32 port_and_length;  ///< UDP's
};

/// Of version and header length, length, and all of the fragment but whether it may become one.
#define NT_USUAL_HEAD 0xFF3F0000FFFF00FFULL

/// To the group, where there is one. With tags or IPv6 none is usual.
NT_INLINE struct nt_usual nt_usual_of(const struct nt_listen* listen) {
    struct nt_usual usual = {.link = 0, .head = ~NT_USUAL_HEAD, .address = 0, .port_and_length = 0};
    if (listen->type == nt_swap16(nt_type_ipv4) && listen->tags == 0) {
        usual.link = listen->link[1] << 16;
        usual.head = 0x45 | (nt_u64)nt_swap16(nt_usual_ip_length) << 16;
        usual.address = nt_load32(listen->address[1]);
        usual.port_and_length = listen->port | (nt_u32)nt_swap16(nt_usual_udp_length) << 16;
    }
    return usual;
}

/// The sum of the 40 bytes from IPv4's addresses to the end of a usual packet, with what else
/// counts.
NT_INLINE nt_u64 nt_usual_sum(const nt_u8* at) {
    nt_u64 sum = (nt_u64)nt_swap16(nt_usual_udp_length) + nt_udp_in_sum;
#if defined(__x86_64__)
    __asm__(
        "addq (%1), %0\n\tadcq 8(%1), %0\n\tadcq 16(%1), %0\n\tadcq 24(%1), %0\n\tadcq 32(%1), %0"
        "\n\tadcq $0, %0"
        : "+&r"(sum)
        : "r"(at), "m"(*(const nt_u8(*)[40])at)
        : "cc");
    return sum;
#else
    return nt_sum_add(nt_sum_block(sum, at), nt_load64(at + 32));
#endif
}

/// Whether classify.h says nt_answered of it, but for its sender, of which nothing is said. A
/// packet of which this is not true can still be ours, and right.
NT_INLINE int nt_is_usual(const struct nt_usual* usual, nt_u32 trust, const nt_u8* frame,
                          nt_u32 length) {
    const nt_u8* ip = frame + nt_ethernet_size;
    const nt_u8* udp = ip + nt_ipv4_size;
    if (NT_RARELY(length < nt_usual_size) || NT_RARELY(nt_load64(frame) << 16 != usual->link) ||
        NT_RARELY(nt_load16(frame + nt_ethernet_type) != nt_swap16(nt_type_ipv4)) ||
        NT_RARELY((nt_load64(ip) & NT_USUAL_HEAD) != usual->head) ||
        NT_RARELY(ip[nt_ipv4_protocol] != nt_protocol_udp) ||
        NT_RARELY(nt_load32(ip + nt_ipv4_destination) != usual->address) ||
        NT_RARELY(nt_load32(udp + nt_udp_destination) != usual->port_and_length)) {
        return 0;
    }
    const nt_u8* addresses = ip + nt_ipv4_source;
    return (trust & nt_trust_header ||
            !NT_RARELY(!nt_ipv4_header_is_right(ip, nt_load64(addresses)))) &&
           (trust & nt_trust_transport || !NT_RARELY(!nt_sum_is_right(nt_usual_sum(addresses))));
}

#endif
