// Echoes by XDP: what a program in the kernel turns itself, and what goes through an AF_XDP socket.
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <net/ethernet.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wire_echo.h"

static long bpf(int command, union bpf_attr* attributes) {
    return sure(syscall(SYS_bpf, command, attributes, sizeof *attributes), "bpf");
}

#define INSN(operation, to, from, place, number) \
    {.code = (operation), .dst_reg = (to), .src_reg = (from), .off = (place), .imm = (number)}
#define LOAD(size, to, place) INSN(BPF_LDX | BPF_MEM | (size), to, 2, place, 0)
#define STORE(size, from, place) INSN(BPF_STX | BPF_MEM | (size), 2, from, place, 0)
#define PASS_UNLESS(is, number, left) INSN(BPF_JMP | BPF_JNE | BPF_K, is, 0, left, number)

static void attach(const struct bpf_insn* code, unsigned count) {
    union bpf_attr load = {.prog_type = BPF_PROG_TYPE_XDP,
                           .insn_cnt = count,
                           .insns = (uint64_t)(uintptr_t)code,
                           .license = (uint64_t)(uintptr_t)"Apache-2.0"};
    const long program = bpf(BPF_PROG_LOAD, &load);
    union bpf_attr link = {.link_create = {.prog_fd = (uint32_t)program,
                                           .target_ifindex = device,
                                           .attach_type = BPF_XDP,
                                           .flags = XDP_FLAGS_DRV_MODE}};
    bpf(BPF_LINK_CREATE, &link);
}

void echo_xdp(void) {
    const struct bpf_insn code[] = {INSN(BPF_LDX | BPF_MEM | BPF_W, 2, 1, 0, 0),  // the frame
                                    INSN(BPF_LDX | BPF_MEM | BPF_W, 3, 1, 4, 0),  // its end
                                    INSN(BPF_ALU64 | BPF_MOV | BPF_X, 4, 2, 0, 0),
                                    INSN(BPF_ALU64 | BPF_ADD | BPF_K, 4, 0, 0, headers),
                                    INSN(BPF_JMP | BPF_JGT | BPF_X, 4, 3, 22, 0),
                                    LOAD(BPF_H, 4, 12),
                                    PASS_UNLESS(4, htons(ETHERTYPE_IP), 20),
                                    LOAD(BPF_H, 4, 36),
                                    PASS_UNLESS(4, own.sin_port, 18),
                                    LOAD(BPF_W, 4, 0),
                                    LOAD(BPF_H, 5, 4),
                                    LOAD(BPF_W, 0, 6),
                                    STORE(BPF_W, 0, 0),
                                    LOAD(BPF_H, 0, 10),
                                    STORE(BPF_H, 0, 4),
                                    STORE(BPF_W, 4, 6),
                                    STORE(BPF_H, 5, 10),
                                    LOAD(BPF_W, 4, 26),
                                    LOAD(BPF_W, 5, 30),
                                    STORE(BPF_W, 5, 26),
                                    STORE(BPF_W, 4, 30),
                                    LOAD(BPF_H, 4, 34),
                                    LOAD(BPF_H, 5, 36),
                                    STORE(BPF_H, 5, 34),
                                    STORE(BPF_H, 4, 36),
                                    INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_TX),
                                    INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
                                    INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_PASS),
                                    INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)};
    attach(code, sizeof code / sizeof *code);
    ready();
    for (;;) {
        pause();
    }
}

struct ring {
    uint32_t *producer, *consumer, *flags;
    void* entries;
};

static struct ring mapped(int xsk, const struct xdp_ring_offset* at, size_t entry, off_t place) {
    uint8_t* const memory = mmap(NULL, at->desc + frames * entry, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_POPULATE, xsk, place);
    sure(memory == MAP_FAILED ? -1 : 0, "mmap");
    return (struct ring){.producer = (void*)(memory + at->producer),
                         .consumer = (void*)(memory + at->consumer),
                         .flags = (void*)(memory + at->flags),
                         .entries = memory + at->desc};
}

static void redirect_to(int xsk) {
    union bpf_attr make = {
        .map_type = BPF_MAP_TYPE_XSKMAP, .key_size = 4, .value_size = 4, .max_entries = 1};
    const int map = (int)bpf(BPF_MAP_CREATE, &make);
    const uint32_t queue = 0;
    union bpf_attr put = {.map_fd = (uint32_t)map,
                          .key = (uint64_t)(uintptr_t)&queue,
                          .value = (uint64_t)(uintptr_t)&xsk};
    bpf(BPF_MAP_UPDATE_ELEM, &put);
    const struct bpf_insn code[] = {INSN(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map),
                                    INSN(0, 0, 0, 0, 0),
                                    INSN(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 0),
                                    INSN(BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, XDP_PASS),
                                    INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect_map),
                                    INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)};
    attach(code, sizeof code / sizeof *code);
}

/// One frame is in the fill ring, on its way out or in our hands: each goes back where it came
/// from.
void echo_xsk(void) {
    const int xsk = (int)sure(socket(AF_XDP, SOCK_RAW, 0), "socket");
    uint8_t* const memory = mmap(NULL, frames * frame_size, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    sure(memory == MAP_FAILED ? -1 : 0, "mmap");
    const struct xdp_umem_reg umem = {
        .addr = (uint64_t)(uintptr_t)memory, .len = frames * frame_size, .chunk_size = frame_size};
    set(xsk, SOL_XDP, XDP_UMEM_REG, &umem, sizeof umem);
    const int size = frames;
    set(xsk, SOL_XDP, XDP_UMEM_FILL_RING, &size, sizeof size);
    set(xsk, SOL_XDP, XDP_UMEM_COMPLETION_RING, &size, sizeof size);
    set(xsk, SOL_XDP, XDP_RX_RING, &size, sizeof size);
    set(xsk, SOL_XDP, XDP_TX_RING, &size, sizeof size);
    struct xdp_mmap_offsets at;
    socklen_t length = sizeof at;
    sure(getsockopt(xsk, SOL_XDP, XDP_MMAP_OFFSETS, &at, &length), "getsockopt");
    const struct ring fill = mapped(xsk, &at.fr, 8, XDP_UMEM_PGOFF_FILL_RING);
    const struct ring done = mapped(xsk, &at.cr, 8, XDP_UMEM_PGOFF_COMPLETION_RING);
    const struct ring in = mapped(xsk, &at.rx, sizeof(struct xdp_desc), XDP_PGOFF_RX_RING);
    const struct ring out = mapped(xsk, &at.tx, sizeof(struct xdp_desc), XDP_PGOFF_TX_RING);
    uint32_t filled = 0;
    for (; filled < frames; ++filled) {
        ((uint64_t*)fill.entries)[filled] = (uint64_t)filled * frame_size;
    }
    __atomic_store_n(fill.producer, filled, __ATOMIC_RELEASE);
    const struct sockaddr_xdp address = {
        .sxdp_family = AF_XDP, .sxdp_flags = XDP_USE_NEED_WAKEUP, .sxdp_ifindex = device};
    while (bind(xsk, (const struct sockaddr*)&address, sizeof address) != 0) {
        usleep(20000);  // the queue is given free a moment after its last socket
    }
    redirect_to(xsk);
    ready();
    uint32_t sent = 0;
    for (uint32_t next = 0;;) {
        for (uint32_t end = __atomic_load_n(done.producer, __ATOMIC_ACQUIRE), from = *done.consumer;
             from != end; __atomic_store_n(done.consumer, ++from, __ATOMIC_RELEASE)) {
            ((uint64_t*)fill.entries)[filled++ % frames] =
                ((uint64_t*)done.entries)[from % frames] & ~(uint64_t)(frame_size - 1);
            __atomic_store_n(fill.producer, filled, __ATOMIC_RELEASE);
        }
        if (__atomic_load_n(in.producer, __ATOMIC_ACQUIRE) == next) {
            relax();
            continue;
        }
        const struct xdp_desc got = ((struct xdp_desc*)in.entries)[next++ % frames];
        __atomic_store_n(in.consumer, next, __ATOMIC_RELEASE);
        if (!is_ours(memory + got.addr, got.len)) {
            ((uint64_t*)fill.entries)[filled++ % frames] = got.addr & ~(uint64_t)(frame_size - 1);
            __atomic_store_n(fill.producer, filled, __ATOMIC_RELEASE);
            continue;
        }
        turn(memory + got.addr);
        ((struct xdp_desc*)out.entries)[sent++ % frames] = got;
        __atomic_store_n(out.producer, sent, __ATOMIC_RELEASE);
        if (__atomic_load_n(out.flags, __ATOMIC_RELAXED) & XDP_RING_NEED_WAKEUP) {
            sendto(xsk, NULL, 0, MSG_DONTWAIT, NULL, 0);
        }
    }
}
