// Segments of TCP connections that belong to somebody else, from the side that comes in: whether a
// segment is right that is known to be ours. Part of packet.h.
#ifndef NANOTUNE_DATAPATH_TCP_H
#define NANOTUNE_DATAPATH_TCP_H

#include "classify.h"

enum {
    nt_protocol_tcp = 6,
    nt_tcp_in_sum = nt_protocol_tcp << 8,  ///< as nt_udp_in_sum
    nt_tcp_size = 20,                      ///< without options

    nt_tcp_source = 0,  ///< ports are where UDP has them
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

/// What follows lengths and addresses.
NT_INLINE enum nt_outcome nt_classify_tcp(nt_u32 trust, const struct nt_carried* carried,
                                          const nt_u8* end, struct nt_segment* out) {
    const nt_u8* tcp = carried->at;
    const nt_u32 length = carried->length;
    const nt_u32 header = (nt_u32)(tcp[nt_tcp_offset] >> 4) * 4;
    if (NT_RARELY(header < nt_tcp_size || header > length)) {
        return nt_length;
    }
    if (!(trust & nt_trust_transport)) {
        const nt_u64 start =
            nt_sum_add(carried->pseudo, (nt_u64)nt_swap16((nt_u16)length) + nt_tcp_in_sum);
        if (NT_RARELY(!nt_sum_is_right(nt_sum_bytes(start, tcp, length, end)))) {
            return nt_transport_checksum;
        }
    }
    out->source = carried->source;
    out->payload = tcp + header;
    out->payload_length = length - header;
    out->sequence = __builtin_bswap32(nt_load32(tcp + nt_tcp_sequence));
    out->source_port = nt_load16(tcp + nt_tcp_source);
    out->flags = tcp[nt_tcp_flags];
    return nt_answered;
}

/// As nt_classify_ipv4.
NT_INLINE enum nt_outcome nt_classify_tcp_ipv4(const struct nt_listen* listen, nt_u32 trusted,
                                               const nt_u8* frame, const nt_u8* end,
                                               struct nt_segment* out) {
    const nt_u32 trust = listen->trust | trusted;
    struct nt_carried carried;
    enum nt_outcome outcome =
        nt_carried_by_ipv4(listen, trust, nt_protocol_tcp, nt_tcp_size, frame, end, &carried);
    if (outcome != nt_answered) {
        return outcome;
    }
    outcome = nt_classify_tcp(trust, &carried, end, out);
    return outcome != nt_answered ? outcome
                                  : nt_judge_ipv4_source(listen, out->source, out->source_port);
}

/// As nt_classify_ipv4.
NT_INLINE enum nt_outcome nt_classify_tcp_ipv6(const struct nt_listen* listen, nt_u32 trusted,
                                               const nt_u8* frame, const nt_u8* end,
                                               struct nt_segment* out) {
    struct nt_carried carried;
    enum nt_outcome outcome =
        nt_carried_by_ipv6(listen, nt_protocol_tcp, nt_tcp_size, frame, end, &carried);
    if (outcome != nt_answered) {
        return outcome;
    }
    outcome = nt_classify_tcp(listen->trust | trusted, &carried, end, out);
    return outcome != nt_answered ? outcome
                                  : nt_judge_ipv6_source(listen, out->source, out->source_port);
}

#endif
