// What a worker shares with whoever watches and arms it: the layout of a file in memory. Whoever
// reads it compares `magic`, `version` and `size` first: another worker's may be older or newer.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "counters.hpp"

namespace nanotune::datapath {

enum class WorkerState : std::uint32_t { starting = 0, ready = 1, ended = 2 };

struct Shared {
    static constexpr std::array<char, 8> right_magic{'N', 'T', 'D', 'P', 'A', 'T', 'H', '\0'};
    static constexpr std::uint32_t right_version = 1;

    std::array<char, 8> magic;
    std::uint32_t version;
    std::uint32_t size;
    std::uint32_t process;
    std::uint32_t state;  ///< a WorkerState
    std::uint64_t ticks_per_second;
    std::uint64_t started;  ///< nanoseconds of CLOCK_BOOTTIME
    std::array<char, 32> backend;
    std::array<char, 96> listens_to;

    Control control;
    Counters counters;

    [[nodiscard]] bool is_right() const noexcept {
        return magic == right_magic && version == right_version && size == sizeof(Shared);
    }
    [[nodiscard]] WorkerState state_now() const noexcept {
        return static_cast<WorkerState>(__atomic_load_n(&state, __ATOMIC_ACQUIRE));
    }
    void set_state(WorkerState now) noexcept {
        __atomic_store_n(&state, static_cast<std::uint32_t>(now), __ATOMIC_RELEASE);
    }
};

/// The name of each outcome, as it is shown.
[[nodiscard]] constexpr std::string_view name_of(nt_outcome outcome) {
    constexpr std::array<std::string_view, nt_outcomes> names{
        "bypassed",      "runt",        "version",         "options",
        "fragment",      "length",      "header checksum", "transport checksum",
        "short payload", "zero source", "martian source",  "declined",
        "withheld",      "no next hop", "transmit full",   "answered"};
    return names[outcome];
}

}  // namespace nanotune::datapath
