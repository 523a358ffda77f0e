// Values as rows and messages show them.
#pragma once

#include <string>

#include <nanotune/domain.hpp>

namespace nanotune {

/// As printed, but an empty text as quotes: nothing at all stands for what is not known.
[[nodiscard]] inline std::string readable(const Domain& domain, const Value& value) {
    std::string text = printed(domain, value);
    return text.empty() ? "\"\"" : text;
}

}  // namespace nanotune
