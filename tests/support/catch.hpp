// The one place that knows which Catch2 this is: 2 on Debian 12, 3 on Debian 13.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <string>

#include <catch2/catch_all.hpp>

namespace nanotune::test {

/// Of a text: that it holds this part.
inline auto Contains(const std::string& part) {
    return Catch::Matchers::ContainsSubstring(part);
}

}  // namespace nanotune::test
#else
#include <catch2/catch.hpp>

namespace nanotune::test {

using Catch::Matchers::Contains;

}  // namespace nanotune::test
#endif
