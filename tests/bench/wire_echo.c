// The least that any program could do on each kind of socket: sends UDP datagrams back as they
// came. No checks, no counts; what the backends are measured against. Spins, and says "ready" once
// it does.
//
//   wire_echo udp|connected|packet|xsk|xdp DEVICE ADDRESS PORT
#include "wire_echo.h"

#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/mman.h>

struct sockaddr_in own;
unsigned device;

static int udp_socket(void) {
    const int udp = (int)sure(socket(AF_INET, SOCK_DGRAM, 0), "socket");
    sure(bind(udp, (struct sockaddr*)&own, sizeof own), "bind");
    return udp;
}

static void echo_udp(void) {
    const int udp = udp_socket();
    char data[frame_size];
    struct sockaddr_in peer;
    ready();
    for (;;) {
        socklen_t size = sizeof peer;
        const ssize_t length =
            recvfrom(udp, data, sizeof data, MSG_DONTWAIT, (struct sockaddr*)&peer, &size);
        if (length >= 0) {
            sendto(udp, data, (size_t)length, MSG_DONTWAIT, (struct sockaddr*)&peer, size);
        } else {
            relax();
        }
    }
}

static void echo_connected(void) {
    const int udp = udp_socket();
    char data[frame_size];
    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    ready();
    ssize_t length = recvfrom(udp, data, sizeof data, 0, (struct sockaddr*)&peer, &size);
    sure(connect(udp, (struct sockaddr*)&peer, sizeof peer), "connect");
    for (;;) {
        if (length >= 0) {
            send(udp, data, (size_t)length, MSG_DONTWAIT);
        } else {
            relax();
        }
        length = recv(udp, data, sizeof data, MSG_DONTWAIT);
    }
}

static void echo_packet(void) {
    const int guard = udp_socket();  // keeps the kernel from answering
    const int tiny = 0;
    set(guard, SOL_SOCKET, SO_RCVBUF, &tiny, sizeof tiny);
    const int raw = (int)sure(socket(AF_PACKET, SOCK_RAW, 0), "socket");
    const int version = TPACKET_V2;
    const int yes = 1;
    set(raw, SOL_PACKET, PACKET_VERSION, &version, sizeof version);
    set(raw, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes);
    const struct tpacket_req ring = {.tp_block_size = frames * frame_size,
                                     .tp_block_nr = 1,
                                     .tp_frame_size = frame_size,
                                     .tp_frame_nr = frames};
    set(raw, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring);
    uint8_t* const memory =
        mmap(NULL, frames * frame_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, raw, 0);
    sure(memory == MAP_FAILED ? -1 : 0, "mmap");
    const struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETHERTYPE_IP), .sll_ifindex = (int)device};
    sure(bind(raw, (const struct sockaddr*)&address, sizeof address), "bind");
    ready();
    for (unsigned next = 0;;) {
        void* const slot = memory + (size_t)(next % frames) * frame_size;
        struct tpacket2_hdr* const head = slot;
        if (!(__atomic_load_n(&head->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) {
            relax();
            continue;
        }
        uint8_t* const frame = (uint8_t*)head + head->tp_mac;
        enum { address_at = (sizeof *head + TPACKET_ALIGNMENT - 1) / TPACKET_ALIGNMENT };
        const struct sockaddr_ll* const from =
            (const void*)((uint8_t*)head + (size_t)address_at * TPACKET_ALIGNMENT);
        if (from->sll_pkttype == PACKET_HOST && is_ours(frame, head->tp_snaplen)) {
            turn(frame);
            send(raw, frame, head->tp_snaplen, MSG_DONTWAIT);
        }
        __atomic_store_n(&head->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
        ++next;
    }
}

int main(int count, char** words) {
    static const struct {
        const char* name;
        void (*run)(void);
    } kinds[] = {{"udp", echo_udp},
                 {"connected", echo_connected},
                 {"packet", echo_packet},
                 {"xsk", echo_xsk},
                 {"xdp", echo_xdp}};
    if (count != 5) {
        fprintf(stderr, "wire_echo udp|connected|packet|xsk|xdp DEVICE ADDRESS PORT\n");
        return 1;
    }
    device = if_nametoindex(words[2]);
    own.sin_family = AF_INET;
    own.sin_port = htons((uint16_t)atoi(words[4]));
    sure(inet_pton(AF_INET, words[3], &own.sin_addr) == 1 ? 0 : -1, words[3]);
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; ++kind) {
        if (strcmp(words[1], kinds[kind].name) == 0) {
            kinds[kind].run();
        }
    }
    return 1;
}
