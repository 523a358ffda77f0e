// The front of the memory that a worker shares with whoever watches it: enough to tell how it fares
// and to change what may change while it runs, whatever kind of worker it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nanotune::worker {

/// One that hangs is ready, but for a part of it that does not come back: `how` says so.
enum class State : std::uint32_t { starting = 0, ready = 1, ended = 2, hangs = 3 };

[[nodiscard]] constexpr bool works(State state) noexcept {
    return state == State::ready || state == State::hangs;
}

/// What is behind a number's name in the name of another one, the worker's own: the last of the
/// former that it has acted on. Where a worker has that, whoever changes the number may wait for
/// it.
inline constexpr std::string_view done_suffix = "_done";

/// A number that may change while the worker runs: so many bits of one of its words. Numbers of one
/// word change together.
struct LiveField {
    std::array<char, 16> name{};  ///< of the setting; empty for none
    std::uint8_t word = 0;
    std::uint8_t shift = 0;
    std::uint8_t bits = 0;

    [[nodiscard]] std::string_view text() const { return name.data(); }
    [[nodiscard]] constexpr std::uint64_t mask() const {
        return (bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1) << shift;
    }
};

/// Plain numbers: other processes map it. Whoever reads it compares `magic` and `size` first.
struct SharedHead {
    static constexpr std::array<char, 8> right_magic{'N', 'T', 'W', 'O', 'R', 'K', '1', '\0'};

    std::array<char, 8> magic{};
    std::uint32_t size = 0;  ///< of everything that is shared
    std::uint32_t process = 0;
    std::uint32_t state = 0;    ///< a State
    std::uint32_t live_at = 0;  ///< where the words of `fields` begin, in bytes from here
    std::uint64_t started = 0;  ///< nanoseconds of CLOCK_BOOTTIME
    std::array<char, 512> how{};
    std::array<LiveField, 8> fields{};

    [[nodiscard]] State state_now() const noexcept {
        return static_cast<State>(__atomic_load_n(&state, __ATOMIC_ACQUIRE));
    }
    void set_state(State now) noexcept {
        __atomic_store_n(&state, static_cast<std::uint32_t>(now), __ATOMIC_RELEASE);
    }
    /// Of whatever begins with this.
    [[nodiscard]] bool is_right(std::size_t mapped) const noexcept {
        return magic == right_magic && size <= mapped &&
               live_at + fields.size() * sizeof(std::uint64_t) <= size;
    }
    /// The word of a field. `is_right` was asked before.
    [[nodiscard]] std::uint64_t* word(const LiveField& field) noexcept {
        return reinterpret_cast<std::uint64_t*>(reinterpret_cast<char*>(this) + live_at) +
               field.word % fields.size();
    }
};

}  // namespace nanotune::worker
