// Other programs that own a kernel object beside us, and take requests on a local stream socket.
#pragma once

#include <string>
#include <string_view>

#include <nanotune/error.hpp>

namespace nanotune {

/// System::ask: connects, sends `request` with this process's credentials, reads until the other
/// side closes. Waits a second at most for each step.
[[nodiscard]] Result<std::string> ask_local_socket(const std::string& address,
                                                   std::string_view request);

}  // namespace nanotune
