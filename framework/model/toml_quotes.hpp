// Where a line of TOML is quoted, for who looks at text that the library refuses.
#pragma once

namespace nanotune {

/// Follows the quotes of a text, a character at a time.
class TomlQuotes {
  public:
    /// Whether the next character is a quote or stands between two.
    [[nodiscard]] bool cover(char next) noexcept {
        if (open_ == '\0') {
            open_ = next == '"' || next == '\'' ? next : '\0';
            return open_ != '\0';
        }
        if (is_escaped_) {
            is_escaped_ = false;
        } else if (next == '\\' && open_ == '"') {
            is_escaped_ = true;
        } else if (next == open_) {
            open_ = '\0';
        }
        return true;
    }

  private:
    char open_ = '\0';
    bool is_escaped_ = false;
};

}  // namespace nanotune
