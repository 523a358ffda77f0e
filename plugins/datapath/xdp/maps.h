// What the worker and its program in the kernel tell each other: C for both sides, over memory that
// the worker maps. Every word has one writer, and is read as it is.
#ifndef NANOTUNE_DATAPATH_XDP_MAPS_H
#define NANOTUNE_DATAPATH_XDP_MAPS_H

#include "datapath/packet/packet.h"

enum nt_xdp_logic { nt_xdp_threshold, nt_xdp_echo, nt_xdp_discard };

/// Known before the program is loaded: the verifier leaves out what the rest is for.
struct nt_xdp_fixed {
    struct nt_listen listen;
    struct nt_receiver receiver;  ///< its link address stands among what may change
    nt_u16 has_receiver;          ///< otherwise the sender gets the answers
    nt_u32 logic;
};

/// What may change while packets come.
struct nt_xdp_told {
    nt_u64 order;        ///< price, and quantity above it
    nt_u64 switches;     ///< bit 0: network order; bit 8: armed
    nt_u64 armed_until;  ///< by CLOCK_MONOTONIC_COARSE, in ns: a worker that hangs disarms
    nt_u64 link;  ///< the receiver's link address, in the lower 48 bits; 0 where none is known
};

/// Times in ns: as a histogram of the worker's, its first buckets.
enum { nt_xdp_time_parts = 32, nt_xdp_times = 16 * nt_xdp_time_parts, nt_xdp_sample = 64 };

/// What was counted on one CPU.
struct nt_xdp_counted {
    nt_u64 outcomes[nt_outcomes];
    nt_u64 last_time;
    nt_u64 unused[7];
    nt_u64 times[nt_xdp_times];
    nt_u64 packets;         ///< what is sampled by: all of them
    struct nt_order_id id;  ///< of the order before
    nt_u64 more_unused[3];
} __attribute__((aligned(64)));

#endif
