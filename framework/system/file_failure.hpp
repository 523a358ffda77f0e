// What is said of a file that the kernel does not let be written.
#pragma once

#include <string>
#include <string_view>

#include <nanotune/error.hpp>

namespace nanotune {

/// "permission denied: mode 0644; root or CAP_NET_ADMIN is needed": why this process cannot write
/// it; "" where `reason` is another one.
[[nodiscard]] std::string denial(const std::string& path, int reason);

/// "write 1 to /proc/sys/...": a long text by its beginning, in one line.
[[nodiscard]] std::string write_operation(const std::string& path, std::string_view text);

/// Errors: as kernel_failure, with the denial; unmovable, for an interrupt that the kernel keeps
/// where it is.
[[nodiscard]] std::unexpected<Error> write_failure(const std::string& path, std::string_view text,
                                                   int reason);

}  // namespace nanotune
