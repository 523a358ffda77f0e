// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Looks at TCP segments of connections that others have: each frame is passed on as it came, and
// what may be one of ours is copied for the worker that follows the connection. Which frames those
// are, the header says that the worker has, too; checksums and errors are the worker's to count.
#include "tap.h"

#include "program.h"

const volatile struct nt_tap_fixed nt_fixed;

struct nt_ring {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 1 << 22);
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, nt_tap_most_rings);
    __type(key, nt_u32);
    __array(values, struct nt_ring);
} nt_rings SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);  // set to the number of CPUs before it is made
    __type(key, nt_u32);
    __type(value, struct nt_tapped);
} nt_tapped SEC(".maps");

char LICENSE[] SEC("license") = "GPL";

/// Whether the frame may be of a connection to us.
NT_INLINE int may_be_ours(const struct nt_tap_fixed* fixed, const nt_u8* frame, const nt_u8* end) {
    struct nt_segment segment;
    const enum nt_outcome outcome =
        nt_is_for_ipv4(&fixed->listen)
            ? nt_classify_tcp_ipv4(&fixed->listen, nt_trust_header | nt_trust_transport, frame, end,
                                   &segment)
            : nt_classify_tcp_ipv6(&fixed->listen, nt_trust_header | nt_trust_transport, frame, end,
                                   &segment);
    return outcome != nt_bypassed;
}

/// The same for every frame of one sender that is long enough to have one.
NT_INLINE nt_u32 ring_for(const struct nt_tap_fixed* fixed, const nt_u8* frame, const nt_u8* end) {
    const int is_ipv4 = nt_is_for_ipv4(&fixed->listen);
    const nt_u8* ip = frame + nt_link_size(&fixed->listen);
    const nt_u8* tcp = ip + (is_ipv4 ? nt_ipv4_size : nt_ipv6_size);
    if (tcp + 4 > end) {
        return 0;
    }
    nt_u32 sender = nt_load32(ip + (is_ipv4 ? nt_ipv4_source : nt_ipv6_source + 12));
    if (!is_ipv4) {
        sender ^= nt_load32(ip + nt_ipv6_source) * 0x9E3779B9U ^ nt_load32(ip + nt_ipv6_source + 8);
        sender ^= nt_load32(ip + nt_ipv6_source + 4) * 0x85EBCA6BU;
    }
    sender = (sender ^ fixed->secret) * 0x9E3779B1U ^ nt_load16(tcp);
    sender = (sender ^ sender >> 15) * 0x85EBCA77U;
    return (nt_u32)((nt_u64)(sender ^ sender >> 13) * fixed->rings >> 32);
}

/// Whether the frame was copied. What was compared with zero may still be zero to the verifier of
/// older kernels (6.1), so it is counted from one on.
NT_INLINE int is_copied(struct xdp_md* context, nt_u8* to, nt_u64 length, nt_u32 size) {
    nt_u64 beyond_one = length - 1;
    NT_BELOW(beyond_one, nt_tap_large);
    return beyond_one < size && bpf_xdp_load_bytes(context, 0, to, (nt_u32)beyond_one + 1) == 0;
}

/// Whether the ring had room, which is taken in sizes that the verifier knows.
NT_INLINE int is_put(struct xdp_md* context, void* ring, nt_u64 length, nt_u32 size) {
    struct nt_tap_record* const record =
        bpf_ringbuf_reserve(ring, sizeof(struct nt_tap_record) + size, 0);
    if (record == 0) {
        return 0;
    }
    if (!is_copied(context, (nt_u8*)(record + 1), length, size)) {
        bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
        return 0;
    }
    record->length = (nt_u32)length;
    bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);  // the worker never sleeps
    return 1;
}

NT_INLINE int is_handed_over(struct xdp_md* context, void* ring, nt_u64 length) {
    if (length <= nt_tap_small) {
        return is_put(context, ring, length, nt_tap_small);
    }
    return length < nt_tap_large && is_put(context, ring, length, nt_tap_large);
}

SEC("xdp")
int nanotune(struct xdp_md* context) {
    const struct nt_tap_fixed* const fixed = nt_now(&nt_fixed);
    const nt_u8* const frame = (const nt_u8*)(long)context->data;
    const nt_u8* const end = (const nt_u8*)(long)context->data_end;
    if (!may_be_ours(fixed, frame, end)) {
        return XDP_PASS;
    }
    const nt_u32 cpu = bpf_get_smp_processor_id();
    nt_u32 number = ring_for(fixed, frame, end);
    struct nt_tapped* const tapped = bpf_map_lookup_elem(&nt_tapped, &cpu);
    void* const ring = bpf_map_lookup_elem(&nt_rings, &number);
    if (tapped == 0 || ring == 0) {
        return XDP_PASS;
    }
    if (!is_handed_over(context, ring, (nt_u64)nt_frame_length(frame, end))) {
        NT_BELOW(number, nt_tap_most_rings);
        ++tapped->lost[number];
    }
    return XDP_PASS;
}
