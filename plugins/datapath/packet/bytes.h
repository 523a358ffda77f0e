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

// The kernel's verifier goes by what was compared with the frame's end just before, and by the most
// that a number can be, where the packet's own lengths say as much already. Older kernels' (6.1)
// forgets the latter where bytes are swapped: a number that is below a power of two is masked by
// it.
#if defined(__bpf__)
#define NT_SEEN(condition) (condition)
#define NT_BELOW(number, power) __asm__ volatile("%0 &= %1" : "+r"(number) : "i"((power) - 1))
#else
#define NT_SEEN(condition) 1
#define NT_BELOW(number, power) (void)(number)
#endif

/// Bytes behind Ethernet's header, in BPF: the MTU of devices that programs may be on.
enum { nt_most_seen = 1500 };

#if defined(__bpf__)
// There a copy of bytes is made byte by byte, although the kernel takes words at any place.
typedef nt_u16 __attribute__((may_alias)) nt_u16_there;
typedef nt_u32 __attribute__((may_alias)) nt_u32_there;
typedef nt_u64 __attribute__((may_alias)) nt_u64_there;
#define NT_LOAD(bits, at) return *(const nt_u##bits##_there*)(at)
#define NT_STORE(bits, at, number) *(nt_u##bits##_there*)(at) = number
#else
#define NT_LOAD(bits, at)                         \
    nt_u##bits number;                            \
    __builtin_memcpy(&number, at, sizeof number); \
    return number
#define NT_STORE(bits, at, number) __builtin_memcpy(at, &number, sizeof number)
#endif

NT_INLINE nt_u16 nt_load16(const nt_u8* at) {
    NT_LOAD(16, at);
}

NT_INLINE nt_u32 nt_load32(const nt_u8* at) {
    NT_LOAD(32, at);
}

NT_INLINE nt_u64 nt_load64(const nt_u8* at) {
    NT_LOAD(64, at);
}

NT_INLINE void nt_store16(nt_u8* at, nt_u16 number) {
    NT_STORE(16, at, number);
}

NT_INLINE void nt_store32(nt_u8* at, nt_u32 number) {
    NT_STORE(32, at, number);
}

NT_INLINE void nt_store64(nt_u8* at, nt_u64 number) {
    NT_STORE(64, at, number);
}

/// A number of 16 bits in network order, from and to the machine's.
NT_INLINE nt_u16 nt_swap16(nt_u16 number) {
    return __builtin_bswap16(number);
}

// A one's complement sum of 64-bit words stands for that of their 16-bit words, since 2^64, 2^32
// and 2^16 are all 1 modulo 65535. It is folded once, at the end.

NT_INLINE nt_u64 nt_sum_add(nt_u64 sum, nt_u64 word) {
#if defined(__bpf__)
    // It has no carry, and a jump that goes either way costs more than these.
    const nt_u64 both = sum + word;
    return both + (((sum & word) | ((sum | word) & ~both)) >> 63);
#else
    sum += word;
    return sum + (sum < word);
#endif
}

/// The sum of four words.
NT_INLINE nt_u64 nt_sum_of(nt_u64 first, nt_u64 second, nt_u64 third, nt_u64 fourth) {
#if defined(__x86_64__)
    // No compiler makes one chain of carries of the line below.
    __asm__("addq %1, %0\n\tadcq %2, %0\n\tadcq %3, %0\n\tadcq $0, %0"
            : "+&r"(first)
            : "rm"(second), "rm"(third), "rm"(fourth)
            : "cc");
    return first;
#else
    return nt_sum_add(nt_sum_add(first, second), nt_sum_add(third, fourth));
#endif
}

/// What a word adds to the sum where its first byte is the second one of a 16-bit word.
NT_INLINE nt_u64 nt_sum_at_odd(nt_u64 word) {
    return word << 8 | word >> 56;
}

/// Whether a sum that contains its own checksum is right: whether it is a multiple of 65535. A
/// number is one of d, which is odd, where its product with d's inverse is at most 2^64 / d.
/// No sum of a packet is 0: version and protocol are in it.
NT_INLINE int nt_sum_is_right(nt_u64 sum) {
    const nt_u64 ones = 0x0001000100010001ULL;  // -1 / 65535 modulo 2^64, and 2^64 / 65535
    nt_u64 inverse = 0 - ones;
#if defined(__x86_64__)
    __asm__("" : "+r"(inverse));  // known, it would become shifts and additions, twice as long
#endif
    return sum * inverse <= ones;
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
    __asm__("addq (%1), %0\n\tadcq 8(%1), %0\n\tadcq 16(%1), %0\n\tadcq 24(%1), %0\n\tadcq $0, %0"
            : "+&r"(sum)
            : "r"(at), "m"(*(const nt_u8(*)[32])at)
            : "cc");
    return sum;
#elif defined(__bpf__)
    nt_u64 halves = 0;
    for (nt_u32 place = 0; place < 32; place += 4) {
        halves += nt_load32(at + place);
    }
    return nt_sum_add(sum, halves);
#else
    const nt_u64 first = nt_sum_add(nt_load64(at), nt_load64(at + 8));
    const nt_u64 second = nt_sum_add(nt_load64(at + 16), nt_load64(at + 24));
    return nt_sum_add(nt_sum_add(sum, first), second);
#endif
}

#if defined(__bpf__)
/// As below, of eight bytes at least and nt_most_seen at most. In steps, and with an end, that make
/// few states for the verifier.
NT_INLINE nt_u64 nt_sum_bytes(nt_u64 sum, const nt_u8* at, nt_u32 length, const nt_u8* end) {
    nt_u64 halves = 0;
    for (nt_u32 done = 0; done < nt_most_seen && done + 8 <= length; done += 8) {
        const nt_u8* word = at + done;
        if (word + 8 > end) {
            break;
        }
        halves += nt_load32(word);
        halves += nt_load32(word + 4);
    }
    if (length < 8 || length > nt_most_seen) {
        return 0;
    }
    nt_u32 before = length - 8;
    NT_BELOW(before, 2048);
    const nt_u8* last = at + before;
    if (last + 8 > end) {
        return 0;
    }
    const nt_u64 tail = nt_load64(last) >> 8 >> (56 - 8 * (length & 7));
    return nt_sum_add(nt_sum_add(sum, halves), tail);
}
#else
/// The sum of `length` bytes from `at`, added to `sum`, none of them at `end` or behind it. An odd
/// last byte counts as if a zero followed.
NT_INLINE nt_u64 nt_sum_bytes(nt_u64 sum, const nt_u8* at, nt_u32 length, const nt_u8* end) {
    (void)end;
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

#endif
