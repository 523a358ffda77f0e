// Sysctls, and files and folders of network devices, that stay open from the first look at them
// until what was written is read back: to find them again costs more than all that is done with
// them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include "system/storage/storage.hpp"

namespace nanotune {

/// What is open, by its path. What was removed since answers ENOENT (a file in sysfs: ENODEV),
/// whether or not another came in its place.
class KeptFiles {
  public:
    /// Most of what a process may have open is left to others.
    [[nodiscard]] bool has_room();
    /// What is kept is valid until another call.
    const Descriptor& keep(const std::string& path, Descriptor file);
    /// Null where it is not kept.
    [[nodiscard]] const Descriptor* find(const std::string& path) const;
    void drop(const std::string& path) { files_.erase(path); }
    /// Whether there was anything to close.
    bool drop_all();

  private:
    std::unordered_map<std::string, Descriptor> files_;
    std::optional<std::size_t> most_;  ///< once that was asked
};

}  // namespace nanotune
