// What only a write would find wrong with a value, where the host says as much before.
#pragma once

#include <string_view>

#include <nanotune/system.hpp>
#include <nanotune/value.hpp>

namespace nanotune::sysctl {

/// Errors: unsupported, saying what the kernel takes. What the host does not say is let through.
[[nodiscard]] Status may_hold(Files& files, std::string_view name, const Value& value);

}  // namespace nanotune::sysctl
