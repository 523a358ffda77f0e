// Plugins found in a folder, checked before any of their code runs in this process, and loaded for
// good.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/catalog.hpp"
#include "model/requests.hpp"

namespace nanotune {

/// Where plugins are and how far they are trusted.
struct PluginFolder {
    std::string path;
    /// Remembers which files passed the trial load, by inode, size and change time; "" to try each
    /// time.
    std::string seen_file;
    /// Running as root: file and folder must be root's and writable by nobody else.
    bool must_be_roots = false;
};

namespace plugin_loading {
struct File;
class Seen;
}  // namespace plugin_loading

/// Owns the loaded plugins and their code. Destroyed as a whole, catalog first.
class Registry {
  public:
    Registry();
    ~Registry();
    Registry(Registry&&) noexcept;
    Registry& operator=(Registry&&) noexcept;
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    /// Loads every NAME.so of the folder, in the order of names. One that is refused stays out,
    /// with its reason in `plugins`; the others work. Errors: not_found, denied: the folder itself.
    static Result<Registry> load(const PluginFolder& folder);

    [[nodiscard]] const Catalog& catalog() const;
    [[nodiscard]] const std::vector<PluginInfo>& plugins() const { return plugins_; }

  private:
    struct Loaded;
    /// Checks, tries and loads one file; gives back its summary.
    Result<std::string> add(plugin_loading::File& file, bool must_be_roots,
                            plugin_loading::Seen& seen);

    std::unique_ptr<Loaded> loaded_;
    std::vector<PluginInfo> plugins_;
};

}  // namespace nanotune
