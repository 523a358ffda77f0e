// The number in a queue's name.
#pragma once

#include <string_view>

#include <nanotune/numbers.hpp>
#include <nanotune/target.hpp>

namespace nanotune::nic {

/// 3 of "eth0/rx-3".
[[nodiscard]] inline unsigned number_of(const Target& queue) {
    const std::string_view digits = std::string_view(queue.name).substr(queue.name.rfind('-') + 1);
    return leading_number<unsigned>(digits).value_or(0);
}

}  // namespace nanotune::nic
