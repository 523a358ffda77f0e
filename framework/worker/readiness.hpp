// Tells whoever started the worker that packets are taken from now on.
#pragma once

#include <string>
#include <string_view>

#include <nanotune/error.hpp>

namespace nanotune::worker {

/// Sends "READY=1" and the state to systemd's socket, whose name is in NOTIFY_SOCKET; nothing where
/// `socket` is empty. Errors: as the system's.
[[nodiscard]] Status notify_ready(const std::string& socket, std::string_view state);

}  // namespace nanotune::worker
