// Whether the operator sits at the other end of a network connection, and at which address of ours.
#pragma once

#include <string>
#include <string_view>

namespace nanotune::cli {

/// The local address of SSH_CONNECTION ("client port local port"). sudo and `su -` drop that
/// variable: then it is looked for in the processes that started this one. "" for no remote
/// session.
[[nodiscard]] std::string session_address(std::string_view connection);

/// The third word of SSH_CONNECTION, without the zone of a link-local address.
[[nodiscard]] std::string local_address_of(std::string_view connection);

}  // namespace nanotune::cli
