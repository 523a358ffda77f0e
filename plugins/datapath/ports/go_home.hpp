// Where each of several ports is opened.
#pragma once

#include <cstddef>
#include <functional>

#include <nanotune/error.hpp>

namespace nanotune::datapath {

/// Called before the port of this number is opened: takes the thread to where the port is used, so
/// that its memory, the kernel's part of it, too, is near.
using GoHome = std::function<Status(std::size_t)>;

inline Status stay(std::size_t /*number*/) {
    return {};
}

}  // namespace nanotune::datapath
