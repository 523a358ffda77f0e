#include "pattern.hpp"

namespace nanotune {

std::string filled(std::string_view pattern, std::string_view name) {
    const auto slash = name.find('/');
    const std::string_view first = name.substr(0, slash);
    const std::string_view second =
        slash == std::string_view::npos ? std::string_view{} : name.substr(slash + 1);
    std::string path;
    path.reserve(pattern.size() + name.size());
    while (!pattern.empty()) {
        const auto brace = pattern.find('{');
        path += pattern.substr(0, brace);
        if (brace == std::string_view::npos) {
            break;
        }
        pattern.remove_prefix(brace);
        const auto close = pattern.find('}');
        const std::string_view field = pattern.substr(0, close + 1);
        path += field == "{}" ? name : (field == "{0}" ? first : second);
        pattern.remove_prefix(field.size());
    }
    return path;
}

}  // namespace nanotune
