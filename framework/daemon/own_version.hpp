// Which nanotuned this is, said in one place.
#pragma once

#include <string_view>

namespace nanotune::daemon {

/// "0.1.0". What calls it reads the text of this function's own source, and has no copy of it.
[[nodiscard]] std::string_view own_version() noexcept;

}  // namespace nanotune::daemon
