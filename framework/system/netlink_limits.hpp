// What every netlink socket here keeps to.
#pragma once

#include <cstddef>

#include <sys/time.h>

namespace nanotune {

constexpr std::size_t datagram_limit = 65'536;  ///< bytes of one message of the kernel, at most
constexpr int dump_attempts = 8;                ///< of a dump that the kernel calls interrupted
constexpr timeval lost_after{.tv_sec = 5, .tv_usec = 0};  ///< without an answer

}  // namespace nanotune
