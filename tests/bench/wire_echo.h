// What the kinds of echoes share. One process, one thread; what fails ends it.
#ifndef NANOTUNE_BENCH_WIRE_ECHO_H
#define NANOTUNE_BENCH_WIRE_ECHO_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { frame_size = 2048, frames = 1024, headers = 42 };

extern struct sockaddr_in own;  ///< where datagrams come to
extern unsigned device;         ///< its index

/// Never return.
void echo_xsk(void);
void echo_xdp(void);

static inline long sure(long result, const char* what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static inline void ready(void) {
    puts("ready");
    fflush(stdout);
}

static inline void relax(void) {
    __builtin_ia32_pause();
}

static inline void set(int file, int level, int option, const void* value, socklen_t size) {
    sure(setsockopt(file, level, option, value, size), "setsockopt");
}

/// A UDP datagram for our port, in IPv4 without options.
static inline int is_ours(const uint8_t* frame, uint32_t length) {
    return length >= headers && memcmp(frame + 12, "\x08\0\x45", 3) == 0 && frame[23] == 17 &&
           memcmp(frame + 36, &own.sin_port, 2) == 0;
}

static inline void swap(uint8_t* left, uint8_t* right, size_t size) {
    uint8_t kept[6];
    memcpy(kept, left, size);
    memcpy(left, right, size);
    memcpy(right, kept, size);
}

/// Sums stay what they are.
static inline void turn(uint8_t* frame) {
    swap(frame, frame + 6, 6);
    swap(frame + 26, frame + 30, 4);
    swap(frame + 34, frame + 36, 2);
}

#endif
