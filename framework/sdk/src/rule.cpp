// What a rule's section says, by name.
#include <algorithm>

#include <nanotune/rule.hpp>

namespace nanotune {

const Setting* Settings::find(std::string_view name) const {
    const auto found = std::ranges::find_if(
        entries, [name](const Setting& setting) { return setting.parameter->name == name; });
    return found == entries.end() ? nullptr : &*found;
}

}  // namespace nanotune
