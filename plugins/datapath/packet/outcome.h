// What becomes of a packet: every packet has one outcome, and is counted by it. Part of packet.h.
#ifndef NANOTUNE_DATAPATH_OUTCOME_H
#define NANOTUNE_DATAPATH_OUTCOME_H

/// In the order in which they are found out.
enum nt_outcome {
    // Not known to be ours: left to the kernel.
    nt_bypassed,  ///< of another address, port, protocol or VLAN
    nt_runt,      ///< cut off before it says whose it is
    nt_version,   ///< an IP version that is not the Ethernet type's
    nt_options,   ///< IPv4 options or IPv6 extension headers: market data has none
    nt_fragment,
    // Ours, and in error: taken, and never answered.
    nt_length,              ///< lengths that contradict each other or the frame
    nt_header_checksum,     ///< of IPv4
    nt_transport_checksum,  ///< of UDP
    nt_short_payload,       ///< less than one market data message
    nt_zero_source,         ///< address or port 0: nobody to answer
    nt_martian_source,      ///< loopback, multicast, reserved, mapped or this host's own address
    nt_unknown_connection,  ///< data of a TCP connection that is not followed
    // Ours, and right.
    nt_declined,        ///< the logic wants no order
    nt_withheld,        ///< the logic wants one, and the datapath is not armed
    nt_no_next_hop,     ///< no link address is known for the receiver
    nt_pool_exhausted,  ///< no slot for the answer: all of them are on their way
    nt_transmit_full,   ///< the answer was not taken by whoever sends
    nt_answered,
    nt_outcomes  ///< how many there are
};

/// Whether the kernel gets the packet.
static inline __attribute__((always_inline)) int nt_is_left_to_kernel(enum nt_outcome outcome) {
    return outcome <= nt_fragment;
}

/// Whether it counts as an error: ours, but not what it should be, or not to be answered.
static inline __attribute__((always_inline)) int nt_is_error(enum nt_outcome outcome) {
    return (outcome >= nt_version && outcome <= nt_unknown_connection) ||
           outcome == nt_no_next_hop || outcome == nt_pool_exhausted || outcome == nt_transmit_full;
}

#endif
