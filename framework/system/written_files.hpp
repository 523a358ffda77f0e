// Sysctls that were just written, still open: what was made of a value is read next, and finding
// the file again costs more than reading it.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "system/storage/storage.hpp"

namespace nanotune {

class WrittenFiles {
  public:
    /// Keeps it, open for reading, until it is taken; closes it where many are kept already.
    void keep(const std::string& path, Descriptor file);
    /// Not open where it is not kept. One whose file was removed since answers ENOENT, whether or
    /// not another came in its place.
    Descriptor take(const std::string& path);
    /// Whether there was anything to close.
    bool forget();

  private:
    std::map<std::string, Descriptor, std::less<>> files_;
};

}  // namespace nanotune
