// What a profile's author wrote, before any domain has looked at it, and where it stands.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace nanotune {

/// A place in a profile. Line and column count from 1; line 0 means the place is not in a file
/// (then `file` says what it is: "--set mtu=9000", "baseline").
struct Origin {
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    /// "hft.toml:14:3", or only `file` where there is no line.
    [[nodiscard]] std::string text() const;
    friend bool operator==(const Origin&, const Origin&) = default;
};

struct Input;
using InputList = std::vector<Input>;
using InputTable = std::vector<std::pair<std::string, Input>>;

/// One value as written: a scalar, a list or an inline table.
struct Input {
    std::variant<bool, std::int64_t, double, std::string, InputList, InputTable> content;
    Origin origin;

    /// The input as TOML would spell it, for error messages: "\"fast\"", "12", "a list".
    [[nodiscard]] std::string spelling() const;
};

}  // namespace nanotune
