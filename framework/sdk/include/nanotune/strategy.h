/* What decides about market data instead of nanotune's own logic: a shared object that a datapath's
 * workers load. C11 and C++; nothing else of nanotune's is needed to build one:
 *
 *     cc -O2 -shared -fPIC -o dip.so dip.c
 *
 * It is given as `logic = "/usr/local/lib/dip.so"`, belongs to root, and can be written by nobody
 * else. A worker calls `decide` once for each burst of packets that are right, on its own CPU. It
 * runs in the worker's process, which has no rights and may call few system calls: memory, files
 * and the like are for `start`, before that. What it takes is taken from every packet: it must not
 * wait. Should it crash, the worker ends with its signal, and is started again as its settings say;
 * so it is where `decide` does not come back for ten seconds. Threads may be made by `start`, other
 * processes not (fork fails with EPERM): they would outlive the worker.
 */
#ifndef NANOTUNE_STRATEGY_H
#define NANOTUNE_STRATEGY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Changes when something below changes its meaning or place. */
#define NANOTUNE_STRATEGY_ABI 1

/* One message of market data. Numbers are the machine's, whatever the wire's byte order. */
struct nanotune_tick {
    char symbol[8]; /* filled up with blanks, without an end */
    uint32_t price; /* cents */
    uint32_t quantity;
    uint64_t timestamp; /* nanoseconds, as the sender says */
};

enum { NANOTUNE_BUY = 0, NANOTUNE_SELL = 1 };

/* What a tick is answered with. Symbol and timestamp are the tick's; so is the order's id. */
struct nanotune_order {
    uint32_t price; /* cents */
    uint32_t quantity;
    uint8_t side;
    uint8_t is_wanted; /* 0: no order */
};

/* What the datapath's settings say now; they may change between two calls. */
struct nanotune_limits {
    uint32_t price; /* cents */
    uint32_t quantity;
    uint8_t is_armed; /* 0: orders are counted, and not sent */
};

struct nanotune_strategy_calls {
    uint32_t abi;  /* NANOTUNE_STRATEGY_ABI */
    uint32_t size; /* sizeof(struct nanotune_strategy_calls) */
    const char* name;
    /* The state of one worker, `worker` counting from 0; not null, or the worker does not start.
     * Runs on that worker's CPU, before rights are given up. May be null itself: then the state is
     * null. */
    void* (*start)(uint32_t worker);
    /* Fills orders[0] to orders[count - 1], which are all zero before; `count` is 1 to 64. */
    void (*decide)(void* state, const struct nanotune_limits* limits,
                   const struct nanotune_tick* ticks, struct nanotune_order* orders,
                   uint32_t count);
    /* Once the worker has ended by itself. May be null. */
    void (*stop)(void* state);
};

/* What the shared object has under this very name. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const struct nanotune_strategy_calls nanotune_strategy;

#ifdef __cplusplus
}
#endif

#endif
