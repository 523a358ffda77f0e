// What the trial loads of plugin files have come to, so that nobody waits for them again.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugin_file.hpp"

namespace nanotune {

/// What was found out of a file: it passed its trial, or that did not end.
struct SeenPlugin {
    FileIdentity identity;
    std::vector<std::string> names_elsewhere = {};
    std::string summary = {};
    bool hangs = false;
};

/// Files that were tried before, by path, in a file of their own.
class SeenPlugins {
  public:
    /// Reads what is there; "" remembers nothing.
    explicit SeenPlugins(std::string file);

    /// What is known of the file, as long as it is still the same; else nullptr.
    [[nodiscard]] const SeenPlugin* find(std::string_view path, const FileIdentity& identity) const;
    void add(std::string path, SeenPlugin seen);
    /// Not being able to remember costs time, nothing else.
    void keep() const;

  private:
    void remember(std::string_view line);

    std::string file_;
    std::map<std::string, SeenPlugin, std::less<>> by_path_;
    bool is_new_ = false;
};

}  // namespace nanotune
