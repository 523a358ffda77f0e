// The kernel asks of who writes the files of a network device more than their modes say.
#pragma once

#include <string>
#include <string_view>

#include <nanotune/system.hpp>

namespace nanotune {

/// Which capability a write to this file would lack, in words; "" where none, or where the file is
/// none of a network device.
[[nodiscard]] std::string lacking_for_device_file(Files& files, std::string_view path);

}  // namespace nanotune
