// What `certify --json` prints.
#pragma once

#include <string>
#include <string_view>

#include "model/certification.hpp"

namespace nanotune::cli {

/// `standing` is what is known of the driver. Ends with a newline.
[[nodiscard]] std::string json_of(const Certification& done, std::string_view standing);

}  // namespace nanotune::cli
