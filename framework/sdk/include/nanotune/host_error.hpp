// Codes that only the host program answers, and no plugin: they follow those of the SDK.
#pragma once

#include <utility>

#include <nanotune/error.hpp>

namespace nanotune {

/// The operator has asked that nothing be changed for now.
inline constexpr auto error_frozen = static_cast<ErrorCode>(std::to_underlying(ErrorCode::io) + 1);

}  // namespace nanotune
