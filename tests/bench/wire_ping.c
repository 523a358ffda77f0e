// Market data to an echo or a datapath, one at a time or as many as go, over a connected UDP socket
// that is never waited for; what came back, and how long it took, in numbers for a script.
//
//   wire_ping turns ADDRESS PORT COUNT       prints: nanoseconds of the median, answers lost
//   wire_ping flood ADDRESS PORT SECONDS     prints: sent, answered, nanoseconds
//
// With a last word "sockperf" as a message of that program, whose server answers no other.
#define _GNU_SOURCE  // NOLINT(bugprone-reserved-identifier): glibc's own
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { size = 24, burst = 32, warm_up = 1000 };

static const uint64_t patience = 20000000;
static int is_for_sockperf;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/// Below the price that an order is wanted for.
static void fill(uint8_t* data) {
    const uint64_t time = now();
    const uint32_t price = 9999;
    static const char symbol[8] = {'A', 'A', 'P', 'L', ' ', ' ', ' ', ' '};
    memcpy(data, symbol, sizeof symbol);
    memcpy(data + 8, &price, 4);
    memset(data + 12, 0, 4);
    memcpy(data + 16, &time, 8);
    if (is_for_sockperf) {  // of a client that wants an answer; the whole length
        static const uint8_t wants_answer[5] = {0, 3};
        memcpy(data + 8, wants_answer, sizeof wants_answer);
        data[13] = size;
    }
}

static int by_size(const void* left, const void* right) {
    const uint64_t a = *(const uint64_t*)left;
    const uint64_t b = *(const uint64_t*)right;
    return a < b ? -1 : a > b;
}

static int turns(int udp, size_t count) {
    uint64_t* const times = calloc(count, sizeof *times);
    size_t answered = 0;
    size_t lost = 0;
    uint8_t data[size];
    uint8_t answer[256];
    for (size_t at = 0; times != NULL && at < count + warm_up; ++at) {
        fill(data);
        const uint64_t began = now();
        send(udp, data, size, MSG_DONTWAIT);
        uint64_t seen = began;
        ssize_t length = -1;
        while (length < 0 && seen - began < patience) {
            length = recv(udp, answer, sizeof answer, MSG_DONTWAIT);
            seen = now();
        }
        if (at >= warm_up && length < 0) {
            ++lost;
        } else if (at >= warm_up) {
            times[answered++] = seen - began;
        }
    }
    if (answered == 0) {
        fputs("wire_ping: nothing answered\n", stderr);
        free(times);
        return 1;
    }
    qsort(times, answered, sizeof *times, by_size);
    printf("%llu %zu\n", (unsigned long long)times[answered / 2], lost);
    free(times);
    return 0;
}

static int flood(int udp, uint64_t seconds) {
    static uint8_t data[burst][size];
    static uint8_t answers[burst][256];
    struct iovec out[burst];
    struct iovec in[burst];
    struct mmsghdr sends[burst];
    struct mmsghdr takes[burst];
    memset(sends, 0, sizeof sends);
    memset(takes, 0, sizeof takes);
    for (int at = 0; at < burst; ++at) {
        fill(data[at]);
        out[at] = (struct iovec){data[at], size};
        in[at] = (struct iovec){answers[at], sizeof answers[at]};
        sends[at].msg_hdr.msg_iov = &out[at];
        takes[at].msg_hdr.msg_iov = &in[at];
        sends[at].msg_hdr.msg_iovlen = takes[at].msg_hdr.msg_iovlen = 1;
    }
    uint64_t sent = 0;
    uint64_t answered = 0;
    uint64_t took = 0;
    const uint64_t began = now();
    while ((took = now() - began) < seconds * 1000000000) {
        const int out_now = sendmmsg(udp, sends, burst, MSG_DONTWAIT);
        sent += out_now > 0 ? (uint64_t)out_now : 0;
        const int in_now = recvmmsg(udp, takes, burst, MSG_DONTWAIT, NULL);
        answered += in_now > 0 ? (uint64_t)in_now : 0;
    }
    for (const uint64_t end = now() + patience; now() < end;) {
        const int in_now = recvmmsg(udp, takes, burst, MSG_DONTWAIT, NULL);
        answered += in_now > 0 ? (uint64_t)in_now : 0;
    }
    printf("%llu %llu %llu\n", (unsigned long long)sent, (unsigned long long)answered,
           (unsigned long long)took);
    return 0;
}

int main(int count, char** words) {
    struct sockaddr_in to = {.sin_family = AF_INET};
    const int udp = socket(AF_INET, SOCK_DGRAM, 0);
    const int room = 8 << 20;
    is_for_sockperf = count == 6 && strcmp(words[5], "sockperf") == 0;
    if (count != 5 + is_for_sockperf || udp < 0 ||
        inet_pton(AF_INET, words[2], &to.sin_addr) != 1) {
        fputs("wire_ping turns|flood ADDRESS PORT COUNT|SECONDS [sockperf]\n", stderr);
        return 2;
    }
    to.sin_port = htons((uint16_t)atoi(words[3]));
    setsockopt(udp, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    if (connect(udp, (const struct sockaddr*)&to, sizeof to) != 0) {
        perror("connect");
        return 1;
    }
    const size_t many = strtoul(words[4], NULL, 10);
    return strcmp(words[1], "turns") == 0 ? turns(udp, many) : flood(udp, many);
}
