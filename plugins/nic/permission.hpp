// What every setting of a NIC that is no file needs.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::nic {

/// Errors: denied, naming the setting, where CAP_NET_ADMIN is missing.
[[nodiscard]] Status may_administer(System& system, const Target& nic, const Tunable& tunable);

/// "the driver of eth0 does not have fec.modes"
[[nodiscard]] std::unexpected<Error> lacks(const Target& nic, std::string_view what);

}  // namespace nanotune::nic
