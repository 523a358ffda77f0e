// Market data, orders, and the logic between them. Part of packet.h.
//
// Market data, 24 bytes: symbol 8, price 4 (cents), quantity 4, timestamp 8 (nanoseconds).
// Order, 41 bytes: symbol 8, price 4, quantity 4, side 1 (0 buys), timestamp 8, client order id 16
// (text, filled up with zeros: "ORD" and the timestamp in decimal, 15 characters at most).
#ifndef NANOTUNE_DATAPATH_MESSAGE_H
#define NANOTUNE_DATAPATH_MESSAGE_H

#include "bytes.h"

enum {
    nt_market_data_size = 24,
    nt_order_size = 41,
    nt_price_at = 8,
    nt_timestamp_at = 16,
    nt_id_digits = 12  ///< of the timestamp, first ones first
};

/// What the logic goes by. It may change between two bursts.
struct nt_settings {
    nt_u32 price;         ///< below this, in cents, an order is wanted
    nt_u32 quantity;      ///< how many it buys
    nt_u8 network_order;  ///< numbers in market data and orders are in network order
    nt_u8 is_armed;       ///< orders are sent
};

NT_INLINE nt_u32 nt_number32(const struct nt_settings* settings, nt_u32 number) {
    return settings->network_order ? __builtin_bswap32(number) : number;
}

NT_INLINE nt_u64 nt_number64(const struct nt_settings* settings, nt_u64 number) {
    return settings->network_order ? __builtin_bswap64(number) : number;
}

/// The logic "threshold": whether market data, all of it there, is worth an order.
NT_INLINE int nt_is_below_threshold(const struct nt_settings* settings, const nt_u8* data) {
    return nt_number32(settings, nt_load32(data + nt_price_at)) < settings->price;
}

/// Two numbers below 10000, in the halves of a word, as eight digits, the first in the lowest byte.
NT_INLINE nt_u64 nt_eight_digits(nt_u32 upper, nt_u32 lower) {
    nt_u64 digits = upper | (nt_u64)lower << 32;
    const nt_u64 hundreds = ((digits * 10486) >> 20) & 0x0000007F0000007FULL;
    digits = hundreds | (digits - hundreds * 100) << 16;
    const nt_u64 tens = ((digits * 103) >> 10) & 0x000F000F000F000FULL;
    return (tens | (digits - tens * 10) << 8) + 0x3030303030303030ULL;
}

/// A number's first twelve digits in decimal, how many they are, and how many numbers share them.
NT_INLINE nt_u64 nt_first_digits(nt_u64 number, nt_u32* count, nt_u64* span) {
    nt_u64 first = number;
    nt_u32 digits = nt_id_digits;
    *span = 1;
    for (int step = 0; step < 8 && first >= 1000000000000ULL; ++step) {  // of twenty, at most
        first /= 10;
        *span *= 10;
    }
    for (nt_u64 least = 100000000000ULL; digits > 1 && first < least; least /= 10) {
        --digits;
    }
    *count = digits;
    return first;
}

/// The client order id's two halves, as they are stored, and from which timestamp on they are
/// right, and for how many. All zero, it is right for none.
struct nt_order_id {
    nt_u64 lower;
    nt_u64 upper;
    nt_u64 sum;  ///< of both, where an order has them
    nt_u64 from;
    nt_u64 span;
};

NT_INLINE struct nt_order_id nt_id_of(nt_u64 timestamp) {
    nt_u32 count = 0;
    nt_u64 span = 1;
    const nt_u64 first = nt_first_digits(timestamp, &count, &span);
    const nt_u32 top = (nt_u32)(first / 100000000);
    const nt_u32 rest = (nt_u32)(first % 100000000);
    const nt_u64 four = nt_eight_digits(top, 0) & 0xFFFFFFFFULL;
    const nt_u64 eight = nt_eight_digits(rest / 10000, rest % 10000);
    // Twelve digits as a number of 96 bits, of which leading zeros are shifted out below.
    nt_u64 low = four | eight << 32;
    nt_u64 high = eight >> 32;
    for (nt_u32 missing = nt_id_digits - count; missing != 0; --missing) {
        low = low >> 8 | high << 56;
        high >>= 8;
    }
    const nt_u64 from = first * span;
    const nt_u64 left = 0 - from;                  // the last id of all is that of fewer numbers
    const nt_u64 lower = 0x44524FULL | low << 24;  // "ORD"
    const nt_u64 upper = low >> 40 | high << 24;
    const struct nt_order_id id = {.lower = lower,
                                   .upper = upper,
                                   .sum = nt_sum_at_odd(nt_sum_add(lower, upper)),
                                   .from = from,
                                   .span = from != 0 && left < span ? left : span};
    return id;
}

/// An order in words as they are stored.
struct nt_order {
    nt_u64 symbol;
    nt_u64 price_and_quantity;
    nt_u64 timestamp;
    nt_u64 id_lower;
    nt_u64 id_upper;
    nt_u64 rest;  ///< the sum of what is known beforehand: side and id
    nt_u8 side;
};

/// An order that answers this market data. `id` is that of the order before: of nanoseconds,
/// twelve digits of nineteen are the same for 10 ms.
NT_INLINE struct nt_order nt_order_of(const struct nt_settings* settings, const nt_u8* data,
                                      nt_u32 price, nt_u32 quantity, nt_u8 side,
                                      struct nt_order_id* id) {
    const nt_u64 timestamp = nt_load64(data + nt_timestamp_at);
    const nt_u64 time = nt_number64(settings, timestamp);
    if (NT_RARELY(time - id->from >= id->span)) {
        *id = nt_id_of(time);
    }
    const struct nt_order order = {
        .symbol = nt_load64(data),
        .price_and_quantity = nt_number32(settings, price) | (nt_u64)nt_number32(settings, quantity)
                                                                 << 32,
        .timestamp = timestamp,
        .id_lower = id->lower,
        .id_upper = id->upper,
        .rest = nt_sum_add(id->sum, side),
        .side = side};
    return order;
}

/// The order that the logic "threshold" answers it with: it buys at one cent more.
NT_INLINE struct nt_order nt_order_for(const struct nt_settings* settings, const nt_u8* data,
                                       struct nt_order_id* id) {
    const nt_u32 price = nt_number32(settings, nt_load32(data + nt_price_at)) + 1;
    return nt_order_of(settings, data, price, settings->quantity, 0, id);
}

/// Its sum, from the words and not from what was just stored.
NT_INLINE nt_u64 nt_order_sum(struct nt_order order) {
    return nt_sum_of(order.symbol, order.price_and_quantity, nt_sum_at_odd(order.timestamp),
                     order.rest);
}

/// A store that stays one of its own: g++ would gather two words in a vector by way of the stack,
/// where the load waits until both stores are done.
NT_INLINE void nt_store_word(nt_u8* at, nt_u64 word) {
    nt_store64(at, word);
    __asm__ volatile("" : : : "memory");
}

/// Writes nt_order_size bytes.
NT_INLINE void nt_store_order(struct nt_order order, nt_u8* at) {
    nt_store_word(at, order.symbol);
    nt_store_word(at + 8, order.price_and_quantity);
    at[16] = order.side;
    nt_store_word(at + 17, order.timestamp);
    nt_store_word(at + 25, order.id_lower);
    nt_store_word(at + 33, order.id_upper);
}

#endif
