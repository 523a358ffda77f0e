// The first user namespace alone maps everybody.
#include <algorithm>
#include <array>
#include <string>

#include <nanotune/user_namespace.hpp>
#include <nanotune/words.hpp>

namespace nanotune {

bool is_in_user_namespace(Files& files) {
    constexpr std::array<std::string_view, 3> everybody = {"0", "0", "4294967295"};
    const auto map = files.read("/proc/self/uid_map");
    return map && !std::ranges::equal(split_words(*map), everybody);
}

std::string why_not_in_user_namespace(Capability capability) {
    return std::string(name_of(capability)) +
           " is needed on the host itself, which no user namespace gives";
}

}  // namespace nanotune
