// What a profile's author wrote, before any domain has looked at it, and where it stands.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
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
    /// The place that `text` printed; a text that ends otherwise is all `file`.
    [[nodiscard]] static Origin from(std::string_view text);
    friend bool operator==(const Origin&, const Origin&) = default;
};

struct Input;
struct InputField;
using InputList = std::vector<Input>;
using InputTable = std::vector<InputField>;

/// One value as written: a scalar, a list or an inline table.
struct Input {
    std::variant<bool, std::int64_t, double, std::string, InputList, InputTable> content;
    Origin origin;

    /// The input as TOML would spell it, for error messages: "\"fast\"", "12", "a list".
    [[nodiscard]] std::string spelling() const;
};

/// One key of a table. No std::pair: that would need Input complete before Input is.
struct InputField {
    std::string first;
    Input second;
};

}  // namespace nanotune
