// What a datapath's worker shares with whoever watches and arms it: the layout of a file in memory.
// Whoever reads it compares magic, version and sizes first: another worker's may be older or newer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "datapath/processor/counters.hpp"
#include "worker/shared_head.hpp"

namespace nanotune::datapath {

struct Shared {
    static constexpr std::uint32_t right_version = 2;

    worker::SharedHead head;
    std::uint32_t version = 0;
    std::uint64_t ticks_per_second = 0;
    std::array<char, 96> listens_to{};

    Control control;
    Counters counters;

    [[nodiscard]] bool is_right(std::size_t mapped) const noexcept {
        return head.is_right(mapped) && head.size == sizeof(Shared) && version == right_version;
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
