// JSON objects on one line, written as they are told: a record is no tree that somebody looks at
// again.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

namespace nanotune {

/// One object, its members in the order in which they are added. Names are known to be plain.
class JsonLine {
  public:
    /// A text that is no UTF-8 has U+FFFD in the places where it is none.
    void add(std::string_view name, std::string_view text);
    template <typename T>
        requires std::is_arithmetic_v<T>
    void add(std::string_view name, T value) {
        if constexpr (std::same_as<T, bool>) {
            add_json(name, value ? "true" : "false");
        } else {
            static_assert(std::integral<T>);
            add_json(name, std::to_string(value));
        }
    }
    /// A value that is JSON already.
    void add_json(std::string_view name, std::string_view json);

    [[nodiscard]] std::string text() const { return text_ + "}"; }

  private:
    void begin(std::string_view name);

    std::string text_ = "{";
};

/// A list of values that are JSON already.
class JsonList {
  public:
    void add(std::string_view json);
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::string text() const { return text_ + "]"; }

  private:
    std::string text_ = "[";
    std::size_t size_ = 0;
};

/// The text with quotes around it, as JsonLine::add writes it.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace nanotune
