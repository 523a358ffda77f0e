// Attributes newer than the headers of some distributions, by their number in linux/if_link.h.
#pragma once

namespace nanotune::test {

inline constexpr unsigned gso_ipv4_max_size = 63;
inline constexpr unsigned gro_ipv4_max_size = 64;

}  // namespace nanotune::test
