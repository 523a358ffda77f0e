// What an optional holds, for tests that look further into it.
#pragma once

#include <optional>
#include <stdexcept>
#include <utility>

namespace nanotune::test {

/// Ends the test where it holds nothing.
template <typename T>
[[nodiscard]] T held(std::optional<T> optional) {
    if (!optional) {
        throw std::logic_error("the optional that the test looks into is empty");
    }
    return *std::move(optional);
}

}  // namespace nanotune::test
