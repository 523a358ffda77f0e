// A value that is none of those which the host names.
#pragma once

#include <string_view>

#include <nanotune/error.hpp>

namespace nanotune {

/// `offered` as the kernel lists them; `why` says why there will be no others, "" where a list is
/// all that there is. The error is unsupported.
[[nodiscard]] std::unexpected<Error> not_offered(std::string_view wanted, std::string_view offered,
                                                 std::string_view why = {});

}  // namespace nanotune
