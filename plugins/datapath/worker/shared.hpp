// What a datapath shares with whoever watches and arms it: the layout of a file in memory. Whoever
// reads it compares magic, version and sizes first: another one's may be older or newer.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "datapath/ports/usage.hpp"
#include "datapath/processor/connections.hpp"
#include "datapath/processor/counters.hpp"
#include "trace_ring.hpp"
#include "worker/shared_head.hpp"

namespace nanotune::datapath {

/// The kernel's counters of one worker's thread.
struct Hardware {
    static constexpr std::array<std::string_view, 5> names{"cycles", "instructions", "cache misses",
                                                           "context switches", "page faults"};

    std::array<Counter, names.size()> counts;
    std::array<Counter, names.size()> errors;  ///< errno of one that this host does not count
};

/// What a port last said of its queues, and the most that waited in them.
struct SharedUsage {
    Counter is_bytes;  ///< waiting and room are bytes of the kernel's buffer, not frames
    Counter waiting;
    Counter most_waiting;
    Counter room;
    Counter leaving;
    Counter slots;
    Counter dropped;
    Counter dropped_before;  ///< as many were, when the counters last began anew

    [[nodiscard]] std::uint64_t dropped_since() const noexcept {
        const std::uint64_t before = dropped_before.now();
        return std::max(dropped.now(), before) - before;
    }
};

/// One worker's: it and the thread that watches all of them write into it, each what is its own.
struct alignas(64) WorkerPart {
    static constexpr std::uint32_t none = UINT32_MAX;

    Counters counters;
    Connections connections;
    OrderLine order_line;
    SharedUsage usage;
    Hardware hardware;
    TraceRing traced;
    Counter done;  ///< what it was asked for and has done: a Control::Asked
    std::uint32_t cpu = none;
    std::uint32_t queue = none;  ///< of the device; none where the kernel chooses the worker
    std::uint32_t thread = 0;
};

/// The last time that packets were in error, as it was noticed.
struct LastError {
    Counter outcome;
    Counter time;  ///< nanoseconds of CLOCK_REALTIME; 0 for never
};

/// Of the multicast group that it listens to.
struct SharedMembership {
    Counter is_asked;   ///< it listens to a group
    Counter is_joined;  ///< as the kernel said last
    Counter filter;     ///< a DeviceFilter
};

/// Whoever looks at single packets counts up with each look.
struct SharedTrace {
    Counter looks;
    Counter is_on;  ///< somebody looks, here or at a probe
};

struct Shared {
    static constexpr std::uint32_t right_version = 11;
    static constexpr std::size_t most_workers = 32;

    worker::SharedHead head;
    std::uint32_t version = 0;
    std::uint32_t workers = 0;
    std::uint64_t ticks_per_second = 0;
    std::array<char, 96> listens_to{};
    std::array<char, 96> memory{};  ///< where it is, for people

    LastError last_error;
    SharedMembership membership;
    SharedTrace trace;
    Control control;
    std::array<WorkerPart, most_workers> parts;

    /// The word of the control that arms.
    [[nodiscard]] const std::uint64_t* switches() noexcept {
        return reinterpret_cast<const std::uint64_t*>(&control) + Control::switch_word;
    }
    /// That which says what is done of what was asked for.
    [[nodiscard]] const std::uint64_t* done() noexcept {
        return reinterpret_cast<const std::uint64_t*>(&control) + Control::done_word;
    }
    [[nodiscard]] bool is_right(std::size_t mapped) const noexcept {
        return head.is_right(mapped) && head.size == sizeof(Shared) && version == right_version &&
               workers <= most_workers;
    }
};

/// The name of each outcome, as it is shown.
[[nodiscard]] constexpr std::string_view name_of(nt_outcome outcome) {
    constexpr std::array<std::string_view, nt_outcomes> names{
        "bypassed",      "runt",        "version",         "options",
        "fragment",      "length",      "header checksum", "transport checksum",
        "short payload", "zero source", "martian source",  "unknown connection",
        "declined",      "withheld",    "no next hop",     "pool exhausted",
        "transmit full", "answered"};
    return names[outcome];
}

}  // namespace nanotune::datapath
