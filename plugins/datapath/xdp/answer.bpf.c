// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// The whole datapath in the kernel: a frame is judged, decided on and answered where the driver has
// just received it, in the memory that it came in. Attached by the worker, and gone with it.
#include "maps.h"
#include "program.h"

const volatile struct nt_xdp_fixed nt_fixed;
volatile struct nt_xdp_told nt_told;

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);  // set to the number of CPUs before it is made
    __type(key, nt_u32);
    __type(value, struct nt_xdp_counted);
} nt_counted SEC(".maps");

char LICENSE[] SEC("license") = "GPL";

/// The payload that a packet is answered with, as words.
struct answer {
    struct nt_order order;
    nt_u64 sum;
    nt_u32 size;
};

NT_INLINE struct answer answer_to(const struct nt_xdp_fixed* fixed,
                                  const struct nt_settings* settings, const nt_u8* data,
                                  struct nt_order_id* id) {
    struct answer answer = {};
    if (fixed->logic == nt_xdp_echo) {
        answer.order.symbol = nt_load64(data);
        answer.order.price_and_quantity = nt_load64(data + 8);
        answer.order.rest = nt_load64(data + 16);  // where no order has its own
        answer.size = nt_market_data_size;
    } else {
        answer.order = nt_order_for(settings, data, id);
        answer.size = nt_order_size;
    }
    answer.sum = nt_order_sum(answer.order);
    return answer;
}

/// Who gets the answer, without the link address.
NT_INLINE struct nt_receiver receiver_of(const struct nt_xdp_fixed* fixed,
                                         const struct nt_datagram* datagram) {
    struct nt_receiver receiver = {};
    if (fixed->has_receiver) {
        __builtin_memcpy(receiver.address, fixed->receiver.address, sizeof receiver.address);
        receiver.port = fixed->receiver.port;
        return receiver;
    }
    nt_store32(receiver.address, nt_load32(datagram->source));
    if (!nt_is_for_ipv4(&fixed->listen)) {
        nt_store32(receiver.address + 4, nt_load32(datagram->source + 4));
        nt_store64(receiver.address + 8, nt_load64(datagram->source + 8));
    }
    receiver.port = datagram->source_port;
    return receiver;
}

/// The sender's link address, or that of the receiver's next hop as the worker found it; 0 for
/// none. Nobody who can be answered has a group's.
NT_INLINE nt_u64 link_for(const struct nt_xdp_fixed* fixed, const nt_u8* frame) {
    if (fixed->has_receiver) {
        return nt_told.link;
    }
    const nt_u64 link = nt_load64(frame + nt_ethernet_source) & 0xFFFFFFFFFFFFULL;
    return (link & 1) != 0 ? 0 : link;
}

/// Writes the answer over the frame, whose size is right by now.
NT_INLINE void write_answer(const struct nt_xdp_fixed* fixed, const struct nt_receiver* receiver,
                            const struct answer* answer, nt_u32 headers, nt_u8* at) {
    const nt_u64 sum = nt_is_for_ipv4(&fixed->listen)
                           ? nt_write_ipv4_headers(&fixed->listen, receiver, answer->size, at)
                           : nt_write_ipv6_headers(&fixed->listen, receiver, answer->size, at);
    nt_store16(at + headers - 2, nt_stored_checksum(nt_sum_add(answer->sum, sum)));
    if (answer->size == nt_order_size) {
        nt_store_order(answer->order, at + headers);
    } else {
        nt_store64(at + headers, answer->order.symbol);
        nt_store64(at + headers + 8, answer->order.price_and_quantity);
        nt_store64(at + headers + 16, answer->order.rest);
    }
}

NT_INLINE int is_armed(nt_u64 switches) {
    return (switches >> 8 & 1) != 0 && bpf_ktime_get_coarse_ns() < nt_told.armed_until;
}

NT_INLINE enum nt_outcome outcome_of(struct xdp_md* context, struct nt_xdp_counted* counted) {
    const struct nt_xdp_fixed* const fixed = nt_now(&nt_fixed);
    const nt_u8* const frame = (const nt_u8*)(long)context->data;
    const nt_u8* const end = (const nt_u8*)(long)context->data_end;
    struct nt_datagram datagram;
    const enum nt_outcome outcome =
        nt_is_for_ipv4(&fixed->listen) ? nt_classify_ipv4(&fixed->listen, 0, frame, end, &datagram)
                                       : nt_classify_ipv6(&fixed->listen, 0, frame, end, &datagram);
    if (outcome != nt_answered) {
        return outcome;
    }
    const nt_u64 order = nt_told.order;
    const nt_u64 switches = nt_told.switches;
    const struct nt_settings settings = {.price = (nt_u32)order,
                                         .quantity = (nt_u32)(order >> 32),
                                         .network_order = switches & 1,
                                         .is_armed = 1};
    if (fixed->logic == nt_xdp_discard ||
        (fixed->logic == nt_xdp_threshold && !nt_is_below_threshold(&settings, datagram.payload))) {
        return nt_declined;
    }
    const nt_u64 link = link_for(fixed, frame);
    if (link == 0) {
        return nt_no_next_hop;
    }
    if (!is_armed(switches)) {
        return nt_withheld;
    }
    const struct answer answer = answer_to(fixed, &settings, datagram.payload, &counted->id);
    struct nt_receiver receiver = receiver_of(fixed, &datagram);
    const nt_u32 headers = nt_link_size(&fixed->listen) +
                           (nt_is_for_ipv4(&fixed->listen) ? nt_ipv4_size : nt_ipv6_size) +
                           nt_udp_size;
    const nt_u32 size = headers + answer.size;
    // There is room in front of a frame with every driver, behind it not.
    if (bpf_xdp_adjust_head(context, (int)(nt_frame_length(frame, end) - size)) != 0) {
        return nt_transmit_full;
    }
    nt_u8* const at = (nt_u8*)(long)context->data;
    if (at + size > (const nt_u8*)(long)context->data_end) {
        return nt_transmit_full;
    }
    __builtin_memcpy(receiver.link, &link, sizeof receiver.link);
    write_answer(fixed, &receiver, &answer, headers, at);
    return nt_answered;
}

/// As Histogram::bucket_of.
NT_INLINE nt_u32 bucket_of(nt_u64 time) {
    enum { most = (1 << 20) - 1, octaves = 16 };
    nt_u32 part = time < most ? (nt_u32)time : most;
    nt_u32 octave = part < nt_xdp_time_parts ? 0 : 1;
    for (; octave < octaves && part >= 2 * nt_xdp_time_parts; ++octave) {
        part >>= 1;
    }
    return octave * nt_xdp_time_parts + (part & (nt_xdp_time_parts - 1));
}

SEC("xdp")
int nanotune(struct xdp_md* context) {
    const nt_u32 cpu = bpf_get_smp_processor_id();
    struct nt_xdp_counted* const counted = bpf_map_lookup_elem(&nt_counted, &cpu);
    if (counted == 0) {
        return XDP_PASS;
    }
    const int is_timed = counted->packets++ % nt_xdp_sample == 0;
    const nt_u64 began = is_timed ? bpf_ktime_get_ns() : 0;
    const nt_u32 outcome = outcome_of(context, counted);
    if (outcome >= nt_outcomes) {
        return XDP_PASS;
    }
    ++counted->outcomes[outcome];
    if (is_timed && outcome > nt_fragment) {
        const nt_u64 time = bpf_ktime_get_ns() - began;
        nt_u32 bucket = bucket_of(time);
        NT_BELOW(bucket, nt_xdp_times);
        counted->last_time = time;
        if (bucket < nt_xdp_times) {
            counted->times[bucket] += nt_xdp_sample;
        }
    }
    return outcome == nt_answered                           ? XDP_TX
           : nt_is_left_to_kernel((enum nt_outcome)outcome) ? XDP_PASS
                                                            : XDP_DROP;
}
