// A short way to files that lie together. Under /proc/sys the kernel asks each part of a path for
// permission, which costs more than reading the value at its end.
#pragma once

#include <string>

#include "system/storage/storage.hpp"

namespace nanotune {

/// Where a path goes on from: "" and the path itself, or an open folder and a name in it.
struct NearPath {
    int folder;
    const char* name;
};

/// Keeps the folder open in which two files in a row were.
class NearPaths {
  public:
    /// Valid until the next call, and while `path` is. A folder that was removed since, and made
    /// again, does not have the file: then `forget`, and ask again.
    [[nodiscard]] NearPath to(const std::string& path);
    /// Whether there was a folder to forget.
    bool forget();

  private:
    std::string last_;  ///< the folder of the last path
    Descriptor open_;   ///< `last_`, from the second path on
};

}  // namespace nanotune
