// Floating point would round 3.2GHz; ratios of whole numbers do not.
#include "quantity.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include "text.hpp"

namespace nanotune {

namespace {

/// A suffix and how many of its dimension's smallest unit it stands for, ascending.
struct Suffix {
    std::string_view name;
    std::uint64_t factor;
    bool is_printed = true;
};

constexpr Suffix times[] = {{"ns", 1},
                            {"us", 1'000},
                            {"\u00b5s", 1'000, false},  // micro sign
                            {"\u03bcs", 1'000, false},  // Greek mu
                            {"ms", 1'000'000},
                            {"s", 1'000'000'000},
                            {"min", 60'000'000'000, false},
                            {"h", 3'600'000'000'000, false}};
constexpr Suffix sizes[] = {{"B", 1},
                            {"kB", 1'000, false},
                            {"KiB", 1ULL << 10},
                            {"MB", 1'000'000, false},
                            {"MiB", 1ULL << 20},
                            {"GB", 1'000'000'000, false},
                            {"GiB", 1ULL << 30},
                            {"TB", 1'000'000'000'000, false},
                            {"TiB", 1ULL << 40}};
constexpr Suffix frequencies[] = {
    {"Hz", 1}, {"kHz", 1'000}, {"MHz", 1'000'000}, {"GHz", 1'000'000'000}};
constexpr Suffix percents[] = {{"%", 1}};

struct Measure {
    std::string_view plural;
    std::span<const Suffix> suffixes;
    std::uint64_t factor = 1;  ///< of the unit itself
};

Measure measure_of(Unit unit) noexcept {
    switch (unit) {
        case Unit::none:
            break;
        case Unit::nanoseconds:
            return {"nanoseconds", times, 1};
        case Unit::microseconds:
            return {"microseconds", times, 1'000};
        case Unit::milliseconds:
            return {"milliseconds", times, 1'000'000};
        case Unit::seconds:
            return {"seconds", times, 1'000'000'000};
        case Unit::bytes:
            return {"bytes", sizes, 1};
        case Unit::kibibytes:
            return {"kibibytes", sizes, 1ULL << 10};
        case Unit::kilohertz:
            return {"kilohertz", frequencies, 1'000};
        case Unit::percent:
            return {"percent", percents, 1};
    }
    return {"", {}, 1};
}

constexpr std::string_view digits = "0123456789";
constexpr std::size_t fraction_limit = 18;  // 10^18 is the largest power of ten in 63 bits

/// Digits without their point, and how many of them stood behind it.
struct Decimal {
    std::uint64_t mantissa = 0;
    std::uint64_t divisor = 1;
    bool is_negative = false;
};

std::expected<Decimal, QuantityFault> decimal_of(std::string_view text) {
    Decimal number;
    if (text.starts_with('-')) {
        number.is_negative = true;
        text.remove_prefix(1);
    }
    const std::size_t point = text.find('.');
    std::string_view fraction;
    if (point != std::string_view::npos) {
        fraction = text.substr(point + 1);
        text = text.substr(0, point);
        if (fraction.empty()) {
            return std::unexpected(QuantityFault::not_a_number);
        }
    }
    if (text.empty() || text.find_first_not_of(digits) != std::string_view::npos ||
        fraction.find_first_not_of(digits) != std::string_view::npos) {
        return std::unexpected(QuantityFault::not_a_number);
    }
    fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
    if (fraction.size() > fraction_limit) {
        return std::unexpected(QuantityFault::inexact);
    }
    const std::string all = std::string(text).append(fraction);
    if (std::from_chars(all.data(), all.data() + all.size(), number.mantissa).ec != std::errc{}) {
        return std::unexpected(QuantityFault::too_large);
    }
    for (std::size_t i = 0; i < fraction.size(); ++i) {
        number.divisor *= 10;
    }
    return number;
}

/// number * from / to, exactly.
std::expected<std::int64_t, QuantityFault> scaled(Decimal number, std::uint64_t from,
                                                  std::uint64_t to) {
    const std::uint64_t units = std::gcd(from, to);
    from /= units;
    to /= units;
    // Cancel before multiplying, so that only a result that does not fit overflows.
    for (std::uint64_t* divisor : {&to, &number.divisor}) {
        for (std::uint64_t* factor : {&from, &number.mantissa}) {
            const std::uint64_t common = std::gcd(*divisor, *factor);
            *divisor /= common;
            *factor /= common;
        }
    }
    if (to != 1 || number.divisor != 1) {
        return std::unexpected(QuantityFault::inexact);
    }
    constexpr auto largest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    std::uint64_t magnitude = 0;
    if (__builtin_mul_overflow(number.mantissa, from, &magnitude) ||
        magnitude > largest + (number.is_negative ? 1 : 0)) {
        return std::unexpected(QuantityFault::too_large);
    }
    return static_cast<std::int64_t>(number.is_negative ? 0 - magnitude : magnitude);
}

}  // namespace

std::expected<std::int64_t, QuantityFault> quantity_of(std::string_view text, Unit unit) {
    text = trimmed(text);
    const std::size_t end = std::min(text.find_first_not_of("-.0123456789"), text.size());
    const auto number = decimal_of(trimmed(text.substr(0, end)));
    if (!number) {
        return std::unexpected(number.error());
    }
    const Measure measure = measure_of(unit);
    const std::string_view suffix = trimmed(text.substr(end));
    if (suffix.empty()) {
        return scaled(*number, 1, 1);
    }
    const auto* const known = std::ranges::find(measure.suffixes, suffix, &Suffix::name).base();
    if (known == measure.suffixes.data() + measure.suffixes.size()) {
        return std::unexpected(QuantityFault::unknown_unit);
    }
    return scaled(*number, known->factor, measure.factor);
}

std::string quantity_text(std::int64_t number, Unit unit) {
    const Measure measure = measure_of(unit);
    std::string text = std::to_string(number);
    for (const Suffix& suffix : measure.suffixes) {
        if (!suffix.is_printed || suffix.factor < measure.factor) {
            continue;
        }
        const auto ratio = static_cast<std::int64_t>(suffix.factor / measure.factor);
        if (ratio == 1) {
            text += suffix.name;
        } else if (number != 0 && number % ratio == 0) {
            text = fmt::format("{}{}", number / ratio, suffix.name);
        } else if (unit == Unit::kilohertz && number > ratio && number % (ratio / 10) == 0) {
            text =
                fmt::format("{}.{}{}", number / ratio, number % ratio / (ratio / 10), suffix.name);
        }
    }
    return text;
}

std::string_view plural_of(Unit unit) noexcept {
    return measure_of(unit).plural;
}

std::string suffixes_of(Unit unit) {
    std::string all;
    for (const Suffix& suffix : measure_of(unit).suffixes) {
        if (suffix.name.front() > 0) {
            all += all.empty() ? "" : ", ";
            all += suffix.name;
        }
    }
    return all;
}

}  // namespace nanotune
