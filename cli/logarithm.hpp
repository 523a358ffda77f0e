// Logarithms for the axes of plots. The library of mathematics is one more that every command would
// load.
#pragma once

#include <bit>
#include <cstdint>

namespace nanotune::cli {

/// Of a normal number above 0.
[[nodiscard]] inline double log2_of(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const auto exponent = static_cast<int>(bits >> 52U & 0x7ffU) - 1023;
    const double mantissa = std::bit_cast<double>((bits & 0xfffffffffffffU) | 0x3ff0000000000000U);
    const double t = (mantissa - 1) / (mantissa + 1);
    double sum = 0;
    double power = t;
    for (int odd = 1; odd < 20; odd += 2) {
        sum += power / odd;
        power *= t * t;
    }
    return exponent + sum * 2.8853900817779268;  // 2 / ln 2
}

}  // namespace nanotune::cli
