// The number in a queue's name.
#pragma once

#include <charconv>
#include <string_view>

#include <nanotune/target.hpp>

namespace nanotune::nic {

/// 3 of "eth0/rx-3".
[[nodiscard]] inline unsigned number_of(const Target& queue) {
    const std::string_view digits = std::string_view(queue.name).substr(queue.name.rfind('-') + 1);
    unsigned number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

}  // namespace nanotune::nic
