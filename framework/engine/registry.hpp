// Plugins found in a folder, checked before any of their code runs in this process, and loaded for
// good: at once what was not seen before, the others when they are asked for.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/catalog.hpp"
#include "model/requests.hpp"

namespace nanotune {

/// Where plugins are and how far they are trusted.
struct PluginFolder {
    std::string path;
    /// Remembers which files passed the trial load, by file system, inode, size and change time,
    /// and what else they are asked for by, and whose did not end; and which files the folder has.
    /// "" to list, try and load each time.
    std::string seen_file;
    /// Running as root: the user whose program this is, and who could change that too. File and
    /// folder must be root's or that user's. Where it is root, no group may write them either.
    std::optional<unsigned> program_owner = {};
    std::chrono::milliseconds trial_time{10'000};  ///< of one file
};

/// Owns the loaded plugins and their code. Destroyed as a whole, catalog first.
class Registry {
  public:
    Registry();
    ~Registry();
    Registry(Registry&&) noexcept;
    Registry& operator=(Registry&&) noexcept;
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    /// Every NAME.so of the folder. One that is refused stays out, with its reason in `plugins`;
    /// the others work. Errors: not_found, denied: the folder itself.
    static Result<Registry> load(const PluginFolder& folder);

    [[nodiscard]] const Catalog& catalog() const;
    /// All there are, by name; loads them to say whether they can be.
    [[nodiscard]] std::vector<PluginInfo> plugins() const;
    /// The same as far as it is known without loading any: by what their trials came to.
    [[nodiscard]] std::vector<PluginInfo> installed() const;

  private:
    struct Contents;
    std::unique_ptr<Contents> contents_;  // its address stays
};

}  // namespace nanotune
