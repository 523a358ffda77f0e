// Segments of TCP connections that belong to somebody else, from the side that comes in: whose a
// segment is, and whether it is right. As classify.h, whose order and words it has; not part of
// packet.h, since nothing in the kernel needs it.
#ifndef NANOTUNE_DATAPATH_TCP_H
#define NANOTUNE_DATAPATH_TCP_H

#include "packet.h"

enum {
    nt_protocol_tcp = 6,
    nt_tcp_in_sum = nt_protocol_tcp << 8,  ///< as nt_udp_in_sum
    nt_tcp_size = 20,                      ///< without options

    nt_tcp_source = 0,
    nt_tcp_destination = 2,
    nt_tcp_sequence = 4,
    nt_tcp_offset = 12,
    nt_tcp_flags = 13,

    nt_tcp_fin = 1,
    nt_tcp_syn = 2,
    nt_tcp_reset = 4,
    nt_tcp_ack = 16
};

/// What is inside a segment that is ours and right.
struct nt_segment {
    const nt_u8* source;  ///< the sender's address, 4 or 16 bytes in the frame
    const nt_u8* payload;
    nt_u32 payload_length;
    nt_u32 sequence;     ///< of the first byte, in the machine's order
    nt_u16 source_port;  ///< as on the wire
    nt_u8 flags;
};

NT_INLINE struct nt_datagram nt_sender_of(const struct nt_segment* segment) {
    const struct nt_datagram sender = {.source = segment->source,
                                       .payload = segment->payload,
                                       .payload_length = segment->payload_length,
                                       .source_port = segment->source_port};
    return sender;
}

/// What follows lengths and addresses. `length` is what IP says that the segment has, inside the
/// frame and no less than nt_tcp_size; `pseudo` the sum of the addresses.
NT_INLINE enum nt_outcome nt_classify_tcp(nt_u32 trust, const nt_u8* tcp, nt_u32 length,
                                          nt_u64 pseudo, const nt_u8* end, struct nt_segment* out) {
    const nt_u32 header = (nt_u32)(tcp[nt_tcp_offset] >> 4) * 4;
    if (NT_RARELY(header < nt_tcp_size || header > length)) {
        return nt_length;
    }
    if (!(trust & nt_trust_transport)) {
        const nt_u64 start = nt_sum_add(pseudo, (nt_u64)nt_swap16((nt_u16)length) + nt_tcp_in_sum);
        if (NT_RARELY(!nt_sum_is_right(nt_sum_bytes(start, tcp, length, end)))) {
            return nt_transport_checksum;
        }
    }
    out->payload = tcp + header;
    out->payload_length = length - header;
    out->sequence = __builtin_bswap32(nt_load32(tcp + nt_tcp_sequence));
    out->source_port = nt_load16(tcp + nt_tcp_source);
    out->flags = tcp[nt_tcp_flags];
    return nt_answered;
}

/// Nothing is wrong with the segment where the outcome is nt_answered: `out` says what is in it.
NT_INLINE enum nt_outcome nt_classify_tcp_ipv4(const struct nt_listen* listen, nt_u32 trusted,
                                               const nt_u8* frame, const nt_u8* end,
                                               struct nt_segment* out) {
    const nt_u32 trust = listen->trust | trusted;
    const nt_u8* ip = frame + nt_ethernet_size + nt_tag_size * (listen->tags & 3U);
    const nt_u8* tcp = ip + nt_ipv4_size;
    if (ip + nt_ipv4_size > end || !nt_is_our_link(listen, frame) || !nt_is_our_ipv4(listen, ip) ||
        ip[nt_ipv4_protocol] != nt_protocol_tcp) {
        return nt_bypassed;
    }
    if (NT_RARELY(ip[0] != 0x45)) {
        return nt_classify_odd_ipv4(ip[0]);
    }
    if (NT_RARELY((nt_load16(ip + nt_ipv4_fragment) & nt_swap16(0x3FFF)) != 0)) {
        return nt_fragment;
    }
    if (NT_RARELY(tcp + nt_tcp_size > end)) {
        return nt_runt;
    }
    if (nt_load16(tcp + nt_tcp_destination) != listen->port) {
        return nt_bypassed;
    }
    const nt_u32 length = nt_swap16(nt_load16(ip + nt_ipv4_length));
    if (NT_RARELY(length < (nt_u32)nt_ipv4_size + (nt_u32)nt_tcp_size || ip + length > end)) {
        return nt_length;
    }
    const nt_u64 addresses = nt_load64(ip + nt_ipv4_source);
    if (!(trust & nt_trust_header) && NT_RARELY(!nt_ipv4_header_is_right(ip, addresses))) {
        return nt_header_checksum;
    }
    out->source = ip + nt_ipv4_source;
    const enum nt_outcome outcome =
        nt_classify_tcp(trust, tcp, length - nt_ipv4_size, addresses, end, out);
    if (NT_RARELY(outcome != nt_answered)) {
        return outcome;
    }
    const struct nt_datagram sender = nt_sender_of(out);
    return nt_judge_ipv4_source(listen, &sender);
}

/// As nt_classify_tcp_ipv4.
NT_INLINE enum nt_outcome nt_classify_tcp_ipv6(const struct nt_listen* listen, nt_u32 trusted,
                                               const nt_u8* frame, const nt_u8* end,
                                               struct nt_segment* out) {
    const nt_u32 trust = listen->trust | trusted;
    const nt_u8* ip = frame + nt_ethernet_size + nt_tag_size * (listen->tags & 3U);
    const nt_u8* tcp = ip + nt_ipv6_size;
    if (ip + nt_ipv6_size > end || !nt_is_our_link(listen, frame) || !nt_is_our_ipv6(listen, ip)) {
        return nt_bypassed;
    }
    if (NT_RARELY(ip[0] >> 4 != 6)) {
        return nt_version;
    }
    if (ip[nt_ipv6_protocol] != nt_protocol_tcp) {
        return nt_classify_next_header(ip[nt_ipv6_protocol]);
    }
    if (NT_RARELY(tcp + nt_tcp_size > end)) {
        return nt_runt;
    }
    if (nt_load16(tcp + nt_tcp_destination) != listen->port) {
        return nt_bypassed;
    }
    const nt_u32 length = nt_swap16(nt_load16(ip + nt_ipv6_length));
    if (NT_RARELY(length < nt_tcp_size || tcp + length > end)) {
        return nt_length;
    }
    out->source = ip + nt_ipv6_source;
    const enum nt_outcome outcome =
        nt_classify_tcp(trust, tcp, length, nt_sum_block(0, ip + nt_ipv6_source), end, out);
    if (NT_RARELY(outcome != nt_answered)) {
        return outcome;
    }
    const struct nt_datagram sender = nt_sender_of(out);
    return nt_judge_ipv6_source(listen, &sender);
}

#endif
