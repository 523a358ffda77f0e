// Enumerators by the words that they have everywhere, which travel on the bus.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include <nanotune/host_error.hpp>

#include "model/report.hpp"

namespace nanotune::bus {

template <typename E>
struct LastOf;
template <>
struct LastOf<ErrorCode> {
    static constexpr ErrorCode value = error_frozen;
};
template <>
struct LastOf<Outcome> {
    static constexpr Outcome value = Outcome::not_done;
};
template <>
struct LastOf<Impact> {
    static constexpr Impact value = Impact::needs_reboot;
};
template <>
struct LastOf<HostState> {
    static constexpr HostState value = HostState::unknown;
};

/// Every enumerator, in order.
template <typename E>
[[nodiscard]] constexpr auto all_of() {
    std::array<E, static_cast<std::size_t>(LastOf<E>::value) + 1> all{};
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = static_cast<E>(i);
    }
    return all;
}

/// Nothing for what is no word of it.
template <typename E>
[[nodiscard]] std::optional<E> of_word(std::string_view word) {
    for (const E one : all_of<E>()) {
        if (name_of(one) == word) {
            return one;
        }
    }
    return std::nullopt;
}

}  // namespace nanotune::bus
