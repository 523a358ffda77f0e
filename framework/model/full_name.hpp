// What a setting is called outside of its plugin's section.
#pragma once

#include <string>
#include <string_view>

namespace nanotune {

/// "nic.mtu"
[[nodiscard]] std::string full_name_of(std::string_view plugin, std::string_view key);

}  // namespace nanotune
