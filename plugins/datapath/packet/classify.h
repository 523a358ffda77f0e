// Whose a packet is, and whether it is right: of datagrams; tcp.h has segments. Part of packet.h.
//
// The order matters: nothing is called an error before the packet is known to be ours, and no
// length is used before it is known to be inside the frame.
#ifndef NANOTUNE_DATAPATH_CLASSIFY_H
#define NANOTUNE_DATAPATH_CLASSIFY_H

#include "listen.h"
#include "message.h"
#include "outcome.h"

/// A datagram or segment that IP carries to us.
struct nt_carried {
    const nt_u8* source;  ///< the sender's address, 4 or 16 bytes in the frame
    const nt_u8* at;      ///< UDP's or TCP's header
    nt_u64 pseudo;        ///< the sum of the addresses
    nt_u32 length;        ///< as IP says, inside the frame
};

/// What follows lengths and addresses: ports, the datagram's own length and checksum.
NT_INLINE enum nt_outcome nt_classify_udp(const struct nt_listen* listen, nt_u32 trust,
                                          const struct nt_carried* carried, const nt_u8* end,
                                          struct nt_datagram* out) {
    const nt_u8* udp = carried->at;
    const nt_u32 length = carried->length;
    out->source = carried->source;
    const nt_u16 wire_length = nt_load16(udp + nt_udp_length);
    if (NT_RARELY(nt_swap16(wire_length) != length || !NT_SEEN(length <= nt_most_seen))) {
        return nt_length;
    }
    if (!(trust & nt_trust_transport)) {
        if (nt_load16(udp + nt_udp_checksum) != 0) {
            const nt_u64 start = nt_sum_add(carried->pseudo, (nt_u64)wire_length + nt_udp_in_sum);
            const nt_u64 sum =
                length - nt_udp_size == nt_market_data_size && NT_SEEN(udp + 32 <= end)
                    ? nt_sum_block(start, udp)
                    : nt_sum_bytes(start, udp, length, end);
            if (NT_RARELY(!nt_sum_is_right(sum))) {
                return nt_transport_checksum;
            }
        } else if (listen->type != nt_swap16(nt_type_ipv4)) {
            return nt_transport_checksum;  // only IPv4 does without
        }
    }
    out->payload = udp + nt_udp_size;
    out->payload_length = length - nt_udp_size;
    out->source_port = nt_load16(udp + nt_udp_source);
    return NT_RARELY(out->payload_length < nt_market_data_size ||
                     !NT_SEEN(out->payload + nt_market_data_size <= end))
               ? nt_short_payload
               : nt_answered;
}

/// A frame that is too short for Ethernet, IPv4 and the protocol's header.
NT_INLINE enum nt_outcome nt_classify_short_ipv4(const struct nt_listen* listen, nt_u8 protocol,
                                                 const nt_u8* frame, const nt_u8* end) {
    const nt_u8* ip = frame + nt_ethernet_size + nt_tag_size * (listen->tags & 3U);
    if (!nt_may_be_our_link(listen, frame, end)) {
        return nt_bypassed;
    }
    if (ip + nt_ipv4_size > end) {
        return nt_runt;
    }
    return nt_is_our_ipv4(listen, ip) && ip[nt_ipv4_protocol] == protocol ? nt_runt : nt_bypassed;
}

/// An IPv4 header to our address that does not begin with version 4 and five words.
NT_INLINE enum nt_outcome nt_classify_odd_ipv4(nt_u8 first) {
    if (first >> 4 != 4) {
        return nt_version;
    }
    return (first & 15) < 5 ? nt_runt : nt_options;
}

NT_INLINE enum nt_outcome nt_judge_ipv4_source(const struct nt_listen* listen, const nt_u8* address,
                                               nt_u16 port) {
    const nt_u32 source = nt_load32(address);
    const nt_u32 first = source & 255;
    if (NT_RARELY(source == 0 || port == 0)) {
        return nt_zero_source;
    }
    if (NT_RARELY(first - 1 >= 223 || first == 127 || source == nt_load32(listen->address[0]))) {
        return nt_martian_source;
    }
    return nt_answered;
}

/// Of a header without options, whose bytes from 12 on are `addresses`.
NT_INLINE int nt_ipv4_header_is_right(const nt_u8* ip, nt_u64 addresses) {
    // Bytes 8 to 11 and the addresses make up the second half.
    return nt_sum_is_right(nt_sum_of(nt_load32(ip + 8), nt_load64(ip), addresses, 0));
}

/// What is in a frame of IPv4 for us: nt_answered where nothing is wrong so far. `least` is the
/// size of the protocol's header.
NT_INLINE enum nt_outcome nt_carried_by_ipv4(const struct nt_listen* listen, nt_u32 trust,
                                             nt_u8 protocol, nt_u32 least, const nt_u8* frame,
                                             const nt_u8* end, struct nt_carried* out) {
    const nt_u8* ip = frame + nt_ethernet_size + nt_tag_size * (listen->tags & 3U);
    const nt_u8* at = ip + nt_ipv4_size;
    if (NT_RARELY(at + least > end)) {
        return nt_classify_short_ipv4(listen, protocol, frame, end);
    }
    if (!nt_is_our_link(listen, frame) || !nt_is_our_ipv4(listen, ip) ||
        ip[nt_ipv4_protocol] != protocol) {
        return nt_bypassed;
    }
    if (NT_RARELY(ip[0] != 0x45)) {
        return nt_classify_odd_ipv4(ip[0]);
    }
    if (NT_RARELY((nt_load16(ip + nt_ipv4_fragment) & nt_swap16(0x3FFF)) != 0)) {
        return nt_fragment;
    }
    if (nt_load16(at + nt_udp_destination) != listen->port) {
        return nt_bypassed;
    }
    nt_u32 length = nt_swap16(nt_load16(ip + nt_ipv4_length));
    NT_BELOW(length, 65536);
    if (NT_RARELY(length < nt_ipv4_size + least || ip + length > end)) {
        return nt_length;
    }
    const nt_u64 addresses = nt_load64(ip + nt_ipv4_source);
    if (!(trust & nt_trust_header) && NT_RARELY(!nt_ipv4_header_is_right(ip, addresses))) {
        return nt_header_checksum;
    }
    out->source = ip + nt_ipv4_source;
    out->at = at;
    out->pseudo = addresses;
    out->length = length - nt_ipv4_size;
    return nt_answered;
}

/// Nothing is wrong with the packet where the outcome is nt_answered: `out` says what is in it.
/// `trusted` are the checksums that somebody has verified of this frame.
NT_INLINE enum nt_outcome nt_classify_ipv4(const struct nt_listen* listen, nt_u32 trusted,
                                           const nt_u8* frame, const nt_u8* end,
                                           struct nt_datagram* out) {
    const nt_u32 trust = listen->trust | trusted;
    struct nt_carried carried;
    enum nt_outcome outcome =
        nt_carried_by_ipv4(listen, trust, nt_protocol_udp, nt_udp_size, frame, end, &carried);
    if (outcome != nt_answered) {
        return outcome;
    }
    outcome = nt_classify_udp(listen, trust, &carried, end, out);
    return NT_RARELY(outcome != nt_answered)
               ? outcome
               : nt_judge_ipv4_source(listen, out->source, out->source_port);
}

/// A frame that is too short for Ethernet, IPv6 and the protocol's header.
NT_INLINE enum nt_outcome nt_classify_short_ipv6(const struct nt_listen* listen, nt_u8 protocol,
                                                 const nt_u8* frame, const nt_u8* end) {
    const nt_u8* ip = frame + nt_ethernet_size + nt_tag_size * (listen->tags & 3U);
    if (!nt_may_be_our_link(listen, frame, end)) {
        return nt_bypassed;
    }
    if (ip + nt_ipv6_size > end) {
        return nt_runt;
    }
    return nt_is_our_ipv6(listen, ip) && ip[nt_ipv6_protocol] == protocol ? nt_runt : nt_bypassed;
}

/// A packet to our address with another header than UDP's behind IPv6's.
NT_INLINE enum nt_outcome nt_classify_next_header(nt_u8 next) {
    enum { hop_by_hop = 0, routing = 43, fragment = 44, authentication = 51, options = 60 };
    if (next == fragment) {
        return nt_fragment;
    }
    return next == hop_by_hop || next == routing || next == authentication || next == options
               ? nt_options
               : nt_bypassed;
}

NT_INLINE enum nt_outcome nt_judge_ipv6_source(const struct nt_listen* listen, const nt_u8* source,
                                               nt_u16 port) {
    const nt_u64 upper = nt_load64(source);
    const nt_u64 lower = nt_load64(source + 8);
    if (NT_RARELY((upper | lower) == 0 || port == 0)) {
        return nt_zero_source;
    }
    const nt_u64 loopback = 1ULL << 56;
    const nt_u32 mapped = 0xFFFF0000;  // ::ffff:a.b.c.d, which is IPv4's and comes on no wire
    if (NT_RARELY(source[0] == 0xFF ||
                  (upper == 0 && (lower == loopback || (nt_u32)lower == mapped)) ||
                  nt_is_same_ipv6(source, listen->address[0]))) {
        return nt_martian_source;
    }
    return nt_answered;
}

/// As nt_carried_by_ipv4.
NT_INLINE enum nt_outcome nt_carried_by_ipv6(const struct nt_listen* listen, nt_u8 protocol,
                                             nt_u32 least, const nt_u8* frame, const nt_u8* end,
                                             struct nt_carried* out) {
    const nt_u8* ip = frame + nt_ethernet_size + nt_tag_size * (listen->tags & 3U);
    const nt_u8* at = ip + nt_ipv6_size;
    if (NT_RARELY(at + least > end)) {
        return nt_classify_short_ipv6(listen, protocol, frame, end);
    }
    if (!nt_is_our_link(listen, frame) || !nt_is_our_ipv6(listen, ip)) {
        return nt_bypassed;
    }
    if (NT_RARELY(ip[0] >> 4 != 6)) {
        return nt_version;
    }
    if (ip[nt_ipv6_protocol] != protocol) {
        return nt_classify_next_header(ip[nt_ipv6_protocol]);
    }
    if (nt_load16(at + nt_udp_destination) != listen->port) {
        return nt_bypassed;
    }
    nt_u32 length = nt_swap16(nt_load16(ip + nt_ipv6_length));
    NT_BELOW(length, 65536);
    if (NT_RARELY(length < least || at + length > end)) {
        return nt_length;
    }
    out->source = ip + nt_ipv6_source;
    out->at = at;
    out->pseudo = nt_sum_block(0, ip + nt_ipv6_source);
    out->length = length;
    return nt_answered;
}

/// As nt_classify_ipv4.
NT_INLINE enum nt_outcome nt_classify_ipv6(const struct nt_listen* listen, nt_u32 trusted,
                                           const nt_u8* frame, const nt_u8* end,
                                           struct nt_datagram* out) {
    struct nt_carried carried;
    enum nt_outcome outcome =
        nt_carried_by_ipv6(listen, nt_protocol_udp, nt_udp_size, frame, end, &carried);
    if (outcome != nt_answered) {
        return outcome;
    }
    outcome = nt_classify_udp(listen, listen->trust | trusted, &carried, end, out);
    return NT_RARELY(outcome != nt_answered)
               ? outcome
               : nt_judge_ipv6_source(listen, out->source, out->source_port);
}

#endif
