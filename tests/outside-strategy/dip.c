/* A strategy outside nanotune's tree: buys twice as many below the datapath's price, sells above
 * twice that price, and counts how it was asked. What is called CRASH it does not survive. */
#include <stdlib.h>
#include <string.h>

#include <nanotune/strategy.h>

struct memory {
    uint32_t worker;
    uint64_t bursts;
};

static void* start(uint32_t worker) {
    struct memory* const memory = calloc(1, sizeof *memory);
    if (memory != NULL) {
        memory->worker = worker;
    }
    return memory;
}

static void decide(void* state, const struct nanotune_limits* limits,
                   const struct nanotune_tick* ticks, struct nanotune_order* orders,
                   uint32_t count) {
    struct memory* const memory = state;
    ++memory->bursts;
    for (uint32_t at = 0; at < count; ++at) {
        if (memcmp(ticks[at].symbol, "CRASH   ", 8) == 0) {
            abort();
        }
        if (ticks[at].price < limits->price) {
            orders[at] = (struct nanotune_order){.price = ticks[at].price,
                                                 .quantity = 2 * limits->quantity,
                                                 .side = NANOTUNE_BUY,
                                                 .is_wanted = 1};
        } else if (ticks[at].price / 2 > limits->price) {
            orders[at] = (struct nanotune_order){.price = ticks[at].price - 1,
                                                 .quantity = ticks[at].quantity,
                                                 .side = NANOTUNE_SELL,
                                                 .is_wanted = 1};
        }
    }
}

static void stop(void* state) {
    free(state);
}

const struct nanotune_strategy_calls nanotune_strategy = {
    .abi = NANOTUNE_STRATEGY_ABI,
    .size = sizeof(struct nanotune_strategy_calls),
    .name = "dip",
    .start = start,
    .decide = decide,
    .stop = stop};
