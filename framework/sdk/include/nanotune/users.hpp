// Users, by the texts that the kernel and the host's own file have of them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace nanotune {

/// By number: "1000" -> "trader".
using UserNames = std::map<std::string, std::string, std::less<>>;

/// Of the lines of /etc/passwd, see passwd(5). Users of a directory service are not among them.
[[nodiscard]] UserNames user_names(std::string_view passwd);

/// Of one alone, as far as its line; nothing where it is not among them. It refers to `passwd`.
[[nodiscard]] std::optional<std::string_view> user_name(std::string_view passwd,
                                                        std::string_view number);

/// The number of a process's effective user, as ps(1) shows it, in its /proc/PID/status; "" for a
/// text without one. Source: "Uid:\treal\teffective\t...", proc(5).
[[nodiscard]] std::string effective_user(std::string_view status);

}  // namespace nanotune
