// The headers in front of an answer: the same for every answer to one receiver but for lengths and
// checksums, so they are made once for each. Part of packet.h.
#ifndef NANOTUNE_DATAPATH_REPLY_H
#define NANOTUNE_DATAPATH_REPLY_H

#include "listen.h"

enum {
    /// Of Ethernet, IP and UDP, without UDP's checksum at the end: no longer than these.
    nt_most_ipv4_header = nt_ethernet_size + nt_most_tags * nt_tag_size + nt_ipv4_size + 6,
    nt_most_ipv6_header = nt_ethernet_size + nt_most_tags * nt_tag_size + nt_ipv6_size + 6,
    nt_reply_hops = 64
};

/// Who gets an answer. Numbers are as on the wire.
struct nt_receiver {
    nt_u8 link[6];
    nt_u8 address[16];
    nt_u16 port;
};

NT_INLINE nt_u8* nt_write_link(const struct nt_listen* listen, const struct nt_receiver* receiver,
                               nt_u8* at) {
    __builtin_memcpy(at, receiver->link, 6);
    __builtin_memcpy(at + nt_ethernet_source, &listen->link[0], 6);
    at += nt_ethernet_type;
    for (int tag = 0; tag < nt_most_tags; ++tag) {
        if (tag < listen->tags) {
            // Of two tags the outer one is the service's.
            const int is_service = listen->tags == 2 && tag == 0;
            nt_store16(at, nt_swap16(is_service ? nt_type_service_vlan : nt_type_vlan));
            nt_store16(at + 2, nt_swap16(listen->vlan[tag]));
            at += nt_tag_size;
        }
    }
    nt_store16(at, listen->type);
    return at + 2;
}

/// Ports and length; the checksum behind them is left alone.
NT_INLINE nt_u64 nt_write_udp(const struct nt_listen* listen, const struct nt_receiver* receiver,
                              nt_u16 length, nt_u8* at) {
    nt_store16(at + nt_udp_source, listen->port);
    nt_store16(at + nt_udp_destination, receiver->port);
    nt_store16(at + nt_udp_length, nt_swap16(length));
    // The length counts twice: in its own place and with the addresses.
    return (nt_u64)listen->port + receiver->port + 2ULL * nt_swap16(length) + nt_udp_in_sum;
}

/// Writes headers for so many bytes of payload, at most nt_most_ipv4_header bytes, and says what
/// they add to UDP's sum.
NT_INLINE nt_u64 nt_write_ipv4_headers(const struct nt_listen* listen,
                                       const struct nt_receiver* receiver, nt_u32 payload,
                                       nt_u8* at) {
    nt_u8* ip = nt_write_link(listen, receiver, at);
    nt_store64(ip, 0x45);
    nt_store16(ip + nt_ipv4_length, nt_swap16((nt_u16)(nt_ipv4_size + nt_udp_size + payload)));
    nt_store16(ip + nt_ipv4_fragment, nt_swap16(0x4000));  // in one piece, so it needs no number
    nt_store32(ip + 8, nt_reply_hops | nt_protocol_udp << 8);
    __builtin_memcpy(ip + nt_ipv4_source, listen->address[0], 4);
    __builtin_memcpy(ip + nt_ipv4_destination, receiver->address, 4);
    const nt_u64 addresses = nt_load64(ip + nt_ipv4_source);
    const nt_u64 sum = nt_sum_add(nt_sum_add(nt_load64(ip), nt_load32(ip + 8)), addresses);
    nt_store16(ip + nt_ipv4_checksum, (nt_u16)~nt_sum_folded(sum));
    return nt_sum_add(addresses, nt_write_udp(listen, receiver, (nt_u16)(nt_udp_size + payload),
                                              ip + nt_ipv4_size));
}

/// As nt_write_ipv4_headers.
NT_INLINE nt_u64 nt_write_ipv6_headers(const struct nt_listen* listen,
                                       const struct nt_receiver* receiver, nt_u32 payload,
                                       nt_u8* at) {
    nt_u8* ip = nt_write_link(listen, receiver, at);
    const nt_u16 length = (nt_u16)(nt_udp_size + payload);
    nt_store64(ip, 0x60);
    nt_store16(ip + nt_ipv6_length, nt_swap16(length));
    ip[nt_ipv6_protocol] = nt_protocol_udp;
    ip[nt_ipv6_protocol + 1] = nt_reply_hops;
    __builtin_memcpy(ip + nt_ipv6_source, listen->address[0], 16);
    __builtin_memcpy(ip + nt_ipv6_destination, receiver->address, 16);
    const nt_u64 addresses = nt_sum_block(0, ip + nt_ipv6_source);
    return nt_sum_add(addresses, nt_write_udp(listen, receiver, length, ip + nt_ipv6_size));
}

/// UDP's checksum as it is stored. 0 would say that there is none.
NT_INLINE nt_u16 nt_stored_checksum(nt_u64 sum) {
    const nt_u16 checksum = (nt_u16)~nt_sum_folded(sum);
    return checksum == 0 ? 0xFFFF : checksum;
}

#endif
