// What a fake host holds: one ordered map of named texts, so that hosts compare, copy and diff as
// values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nanotune::test {

/// Key to text. A key is a path ("/proc/sys/vm/swappiness"; with a slash at its end an empty
/// folder), "symlink:PATH", "ethtool:eth0:15:6", "feature:eth0:rx-gro", "link:eth0:mtu" and the
/// like.
using Cells = std::map<std::string, std::string, std::less<>>;

/// The text of a cell, "" where there is none.
[[nodiscard]] std::string text_of(const Cells& cells, std::string_view key);
/// The number at the start of a cell's text, 0 where there is none.
[[nodiscard]] long long number_of(const Cells& cells, std::string_view key);
/// Keys that begin with `prefix`, in order.
[[nodiscard]] std::vector<std::string> keys_below(const Cells& cells, std::string_view prefix);

/// `*` stands for any characters, slashes too. A pattern that fits the key from one of its slashes
/// or colons on fits as well: "scaling_governor".
[[nodiscard]] bool fits(std::string_view pattern, std::string_view key);

/// The absolute path with every symbolic link followed; nothing where it leads nowhere.
[[nodiscard]] std::optional<std::string> followed(const Cells& cells, std::string_view path);
[[nodiscard]] bool is_folder(const Cells& cells, std::string_view path);
/// Sorted; empty for what is no folder.
[[nodiscard]] std::vector<std::string> names_in(const Cells& cells, std::string_view folder);

/// "KEY: before -> after", a line each; `no_difference` when both are equal.
inline constexpr std::string_view no_difference;
[[nodiscard]] std::string difference(const Cells& before, const Cells& after);

/// Changes cells and remembers which.
class Edit {
  public:
    explicit Edit(Cells& cells) : cells_(&cells) {}

    [[nodiscard]] const Cells& cells() const { return *cells_; }
    [[nodiscard]] const std::vector<std::string>& changed() const { return changed_; }

    void set(const std::string& key, std::string text);
    void erase(const std::string& key);
    void erase_below(std::string_view prefix);
    void rename(const std::string& from, const std::string& to);

  private:
    Cells* cells_;
    std::vector<std::string> changed_;
};

}  // namespace nanotune::test
