// What the program that only looks hands to the worker: C for both sides.
#ifndef NANOTUNE_DATAPATH_XDP_TAP_H
#define NANOTUNE_DATAPATH_XDP_TAP_H

#include "datapath/packet/packet.h"

enum {
    nt_tap_small = 256,  ///< the most that a small record has room for; others have nt_tap_large
    nt_tap_large = 2048,
    nt_tap_most_rings = 32
};

/// Known before the program is loaded.
struct nt_tap_fixed {
    struct nt_listen listen;
    nt_u32 rings;   ///< how many: one a worker, nt_tap_most_rings at most
    nt_u32 secret;  ///< so that nobody knows which connections meet in one ring
};

/// What was counted on one CPU.
struct nt_tapped {
    nt_u64 lost[nt_tap_most_rings];  ///< frames that the ring had no room for
} __attribute__((aligned(64)));

/// What is in a ring, in records of one of two sizes; the frame follows.
struct nt_tap_record {
    nt_u32 length;  ///< of the frame
    nt_u32 unused;
};

#endif
