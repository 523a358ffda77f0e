// Replacing what is no file of ours, in a way that leaves no moment without either.
#pragma once

#include <string>
#include <string_view>

#include <nanotune/error.hpp>

namespace nanotune {

/// Puts a new file (mode 0600) in the place of whatever is there, which is kept in the same folder
/// as `kept`. At once, where the file system can exchange two names.
[[nodiscard]] Status replace_keeping(const std::string& path, std::string_view bytes,
                                     const std::string& kept);

}  // namespace nanotune
