// Where things stand in Ethernet, IP and UDP headers. Part of packet.h.
#ifndef NANOTUNE_DATAPATH_HEADERS_H
#define NANOTUNE_DATAPATH_HEADERS_H

#include "bytes.h"

enum {
    nt_ethernet_size = 14,
    nt_tag_size = 4,
    nt_most_tags = 2,
    nt_ipv4_size = 20,  ///< without options
    nt_ipv6_size = 40,
    nt_udp_size = 8,

    nt_ethernet_source = 6,
    nt_ethernet_type = 12,

    nt_ipv4_length = 2,
    nt_ipv4_fragment = 6,
    nt_ipv4_protocol = 9,
    nt_ipv4_checksum = 10,
    nt_ipv4_source = 12,
    nt_ipv4_destination = 16,

    nt_ipv6_length = 4,
    nt_ipv6_protocol = 6,
    nt_ipv6_source = 8,
    nt_ipv6_destination = 24,

    nt_udp_source = 0,
    nt_udp_destination = 2,
    nt_udp_length = 4,
    nt_udp_checksum = 6,

    nt_protocol_udp = 17,
    nt_type_ipv4 = 0x0800,
    nt_type_ipv6 = 0x86DD,
    nt_type_vlan = 0x8100,
    nt_type_service_vlan = 0x88A8
};

/// Both networks' checksums begin with the protocol, as a number of 16 bits in network order.
enum { nt_udp_in_sum = nt_protocol_udp << 8 };

#endif
