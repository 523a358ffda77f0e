// What the trial loads of plugin files have come to, so that nobody waits for them again, and which
// files their folder has.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/error.hpp>

#include "engine/plugin_file.hpp"
#include "system/storage/file_facts.hpp"

namespace nanotune {

/// What was found out of a file: it passed its trial, or that did not end. Of a folder, its files
/// take the place of names. Refers to what SeenPlugins has of it.
struct SeenPlugin {
    std::string_view path;
    std::string_view identity;         ///< the text of a FileIdentity
    std::string_view names_elsewhere;  ///< with "|" between them
    std::string_view summary;
    bool hangs = false;
};

/// Files that were tried before, in a file of their own: a line for each.
class SeenPlugins {
  public:
    /// What a trial that did not end has found out.
    static constexpr std::string_view hanging = "!\t";

    /// Reads what is there; "" remembers nothing.
    explicit SeenPlugins(std::string file);
    SeenPlugins(const SeenPlugins&) = delete;
    SeenPlugins& operator=(const SeenPlugins&) = delete;
    SeenPlugins(SeenPlugins&&) = delete;
    SeenPlugins& operator=(SeenPlugins&&) = delete;
    ~SeenPlugins() = default;

    /// What is known of the file, as long as it is still the same; else nullptr. Valid until more
    /// is added.
    [[nodiscard]] const SeenPlugin* find(std::string_view path, const FileIdentity& identity) const;
    /// In the place of what was known of the path: names elsewhere, a tab, and the summary, of
    /// which the first line is remembered.
    SeenPlugin add(std::string_view path, const FileIdentity& identity, std::string_view found);
    /// Not being able to remember costs time, nothing else.
    void keep() const;

  private:
    std::string file_;
    std::string text_;               // as it was read
    std::deque<std::string> added_;  // lines that came since
    std::vector<SeenPlugin> seen_;
};

/// The plugins' files in a folder of these facts, in order: listed, or, where its change time says
/// that it has not changed since, as `seen` has them. Errors: of the listing.
[[nodiscard]] Result<std::vector<std::string>> plugin_files_in(const std::string& folder,
                                                               const FileFacts& facts,
                                                               SeenPlugins& seen);

}  // namespace nanotune
