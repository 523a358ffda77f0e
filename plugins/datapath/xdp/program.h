// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// What the programs in the kernel have in common: for BPF alone.
#ifndef NANOTUNE_DATAPATH_XDP_PROGRAM_H
#define NANOTUNE_DATAPATH_XDP_PROGRAM_H

// clang-format off: the second needs the first
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
// clang-format on

#include "datapath/packet/packet.h"

/// What is fixed is known to the verifier, but not to the compiler.
NT_INLINE const void* nt_now(const volatile void* fixed) {
    const void* now = (const void*)fixed;
    __asm__ volatile("" : "+r"(now));
    return now;
}

NT_INLINE int nt_is_for_ipv4(const struct nt_listen* listen) {
    return listen->type == nt_swap16(nt_type_ipv4);
}

/// Bytes in front of the IP header.
NT_INLINE nt_u32 nt_link_size(const struct nt_listen* listen) {
    return nt_ethernet_size + (nt_u32)nt_tag_size * (listen->tags & 3U);
}

/// In bytes. Addresses are not to be subtracted in 32 bits.
NT_INLINE long nt_frame_length(const nt_u8* frame, const nt_u8* end) {
    long length = end - frame;
    __asm__ volatile("" : "+r"(length));
    return length;
}

#endif
