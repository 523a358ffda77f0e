// Which packets are ours. Part of packet.h.
#ifndef NANOTUNE_DATAPATH_LISTEN_H
#define NANOTUNE_DATAPATH_LISTEN_H

#include "headers.h"

/// Checksums that somebody else has verified.
enum { nt_trust_header = 1, nt_trust_transport = 2 };

/// Frames of one shape: so many VLAN tags, one IP version, one port, and one address, which is this
/// host's or a group's. Numbers are as on the wire, in network order, unless said otherwise.
struct nt_listen {
    nt_u64 link[2];        ///< link addresses, in the lower 48 bits; without a group twice the same
    nt_u8 address[2][16];  ///< own, and the one that is listened to; of IPv4 the first four bytes
    nt_u16 type;           ///< nt_type_ipv4 or nt_type_ipv6, swapped
    nt_u16 port;
    nt_u8 tags;  ///< how many VLAN tags, at most nt_most_tags
    nt_u8 trust;
    nt_u16 vlan[nt_most_tags];  ///< numbers in the machine's order, outer first
};

/// What is inside a packet that is ours and right.
struct nt_datagram {
    const nt_u8* source;  ///< the sender's address, 4 or 16 bytes in the frame
    const nt_u8* payload;
    nt_u32 payload_length;
    nt_u16 source_port;  ///< as on the wire
};

/// Whether link address, VLAN tags and type are ours. The caller has seen that they are inside.
NT_INLINE int nt_is_our_link(const struct nt_listen* listen, const nt_u8* frame) {
    const nt_u64 link = nt_load64(frame) & 0xFFFFFFFFFFFFULL;
    if (link != listen->link[0] && link != listen->link[1]) {
        return 0;
    }
    const nt_u8* type = frame + nt_ethernet_type;
    for (int tag = 0; NT_RARELY(listen->tags != 0) && tag < nt_most_tags; ++tag) {
        if (tag < listen->tags) {
            const nt_u16 kind = nt_swap16(nt_load16(type));
            const nt_u16 number = nt_swap16(nt_load16(type + 2)) & 0x0FFF;
            if ((kind != nt_type_vlan && kind != nt_type_service_vlan) ||
                number != listen->vlan[tag]) {
                return 0;
            }
            type += nt_tag_size;
        }
    }
    return nt_load16(type) == listen->type;
}

/// Whether the frame's link address, tags and type are ours as far as it goes, to tell a frame that
/// is cut off from one of somebody else. For frames that are too short to be ours.
NT_INLINE int nt_may_be_our_link(const struct nt_listen* listen, const nt_u8* frame,
                                 const nt_u8* end) {
    const nt_u32 size = nt_ethernet_size + (nt_u32)nt_tag_size * (listen->tags & 3U);
    return frame + size > end || nt_is_our_link(listen, frame);
}

NT_INLINE int nt_is_our_ipv4(const struct nt_listen* listen, const nt_u8* ip) {
    return nt_load32(ip + nt_ipv4_destination) == nt_load32(listen->address[1]);
}

NT_INLINE int nt_is_same_ipv6(const nt_u8* address, const nt_u8* other) {
    return ((nt_load64(address) ^ nt_load64(other)) |
            (nt_load64(address + 8) ^ nt_load64(other + 8))) == 0;
}

NT_INLINE int nt_is_our_ipv6(const struct nt_listen* listen, const nt_u8* ip) {
    return nt_is_same_ipv6(ip + nt_ipv6_destination, listen->address[1]);
}

#endif
