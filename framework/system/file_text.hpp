// What stands in a file of the kernel's, which may be generated as it is read.
#pragma once

#include <string>
#include <string_view>

#include "system/storage/storage.hpp"

namespace nanotune {

[[nodiscard]] bool is_sysctl(std::string_view path);

/// Of a value that is read more than once, in one read(2) each time: some lists of /proc/sys are
/// longer than a page, and the kernel ends them where the first read did. Errors: as
/// kernel_failure.
[[nodiscard]] Result<std::string> text_from_start(const Descriptor& file, const std::string& path);

/// Of a file that was just opened: until its end, in as many pieces as it comes in. Errors: as
/// kernel_failure.
[[nodiscard]] Result<std::string> whole_text(const Descriptor& file, const std::string& path);

}  // namespace nanotune
