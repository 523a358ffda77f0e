// Numbers at any place of a packet, and Internet checksums of what stands there. Part of packet.h:
// compiles as C11, as C++ and for BPF, and includes nothing but itself.
#ifndef NANOTUNE_DATAPATH_BYTES_H
#define NANOTUNE_DATAPATH_BYTES_H

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the datapath's packets are laid out for little-endian machines"
#endif

typedef __UINT8_TYPE__ nt_u8;
typedef __UINT16_TYPE__ nt_u16;
typedef __UINT32_TYPE__ nt_u32;
typedef __UINT64_TYPE__ nt_u64;

#define NT_INLINE static inline __attribute__((always_inline))
#define NT_RARELY(condition) __builtin_expect(!!(condition), 0)

NT_INLINE nt_u16 nt_load16(const nt_u8* at) {
    nt_u16 number;
    __builtin_memcpy(&number, at, sizeof number);
    return number;
}

NT_INLINE nt_u32 nt_load32(const nt_u8* at) {
    nt_u32 number;
    __builtin_memcpy(&number, at, sizeof number);
    return number;
}

NT_INLINE nt_u64 nt_load64(const nt_u8* at) {
    nt_u64 number;
    __builtin_memcpy(&number, at, sizeof number);
    return number;
}

NT_INLINE void nt_store16(nt_u8* at, nt_u16 number) {
    __builtin_memcpy(at, &number, sizeof number);
}

NT_INLINE void nt_store32(nt_u8* at, nt_u32 number) {
    __builtin_memcpy(at, &number, sizeof number);
}

NT_INLINE void nt_store64(nt_u8* at, nt_u64 number) {
    __builtin_memcpy(at, &number, sizeof number);
}

/// A number of 16 bits in network order, from and to the machine's.
NT_INLINE nt_u16 nt_swap16(nt_u16 number) {
    return __builtin_bswap16(number);
}

// A one's complement sum of 64-bit words stands for that of their 16-bit words, since 2^64, 2^32
// and 2^16 are all 1 modulo 65535. It is folded once, at the end.

NT_INLINE nt_u64 nt_sum_add(nt_u64 sum, nt_u64 word) {
    sum += word;
    return sum + (sum < word);
}

/// Whether a sum that contains its own checksum is right: whether it is a multiple of 65535. A
/// number is one of d, which is odd, where its product with d's inverse is at most 2^64 / d.
/// No sum of a packet is 0: version and protocol are in it.
NT_INLINE int nt_sum_is_right(nt_u64 sum) {
    const nt_u64 ones = 0x0001000100010001ULL;  // -1 / 65535 modulo 2^64, and 2^64 / 65535
    return 0 - sum * ones <= ones;
}

/// The sum in 16 bits.
NT_INLINE nt_u16 nt_sum_folded(nt_u64 sum) {
    const nt_u64 both = sum + ((sum >> 32) | (sum << 32));
    const nt_u32 half = (nt_u32)(both >> 32);
    const nt_u32 whole = half + ((half >> 16) | (half << 16));
    return (nt_u16)(whole >> 16);
}

/// The sum of 32 bytes, added to `sum`.
NT_INLINE nt_u64 nt_sum_block(nt_u64 sum, const nt_u8* at) {
#if defined(__x86_64__)
    // No compiler makes one chain of carries of the lines below.
    __asm__("addq (%1), %0\n\tadcq 8(%1), %0\n\tadcq 16(%1), %0\n\tadcq 24(%1), %0\n\tadcq $0, %0"
            : "+r"(sum)
            : "r"(at), "m"(*(const nt_u8(*)[32])at)
            : "cc");
    return sum;
#else
    const nt_u64 first = nt_sum_add(nt_load64(at), nt_load64(at + 8));
    const nt_u64 second = nt_sum_add(nt_load64(at + 16), nt_load64(at + 24));
    return nt_sum_add(nt_sum_add(sum, first), second);
#endif
}

/// The sum of `length` bytes from `at`, added to `sum`. An odd last byte counts as if a zero
/// followed.
NT_INLINE nt_u64 nt_sum_bytes(nt_u64 sum, const nt_u8* at, nt_u32 length) {
    while (length >= 32) {
        sum = nt_sum_block(sum, at);
        at += 32;
        length -= 32;
    }
    while (NT_RARELY(length >= 8)) {
        sum = nt_sum_add(sum, nt_load64(at));
        at += 8;
        length -= 8;
    }
    if (NT_RARELY(length != 0)) {
        nt_u64 tail = 0;
        nt_u32 shift = 0;
        while (length != 0) {
            tail |= (nt_u64)*at << shift;
            shift += 8;
            ++at;
            --length;
        }
        sum = nt_sum_add(sum, tail);
    }
    return sum;
}

#endif
