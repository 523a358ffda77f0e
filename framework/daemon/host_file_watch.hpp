// That somebody has written the host's file: what it says of freezes is true at once.
#pragma once

#include <string>

#include "system/storage/storage.hpp"

namespace nanotune::daemon {

/// Used on one thread. The file's folder may come later, or be replaced.
class HostFileWatch {
  public:
    explicit HostFileWatch(const std::string& file);

    /// Readable once something has happened beside the file; -1 where nothing is told.
    [[nodiscard]] int number() const { return notices_.number(); }
    /// Takes what has come. Whether the file may be another now.
    bool process();

  private:
    void watch_folder();

    std::string folder_;
    std::string folder_name_;
    std::string name_;
    Descriptor notices_;
};

}  // namespace nanotune::daemon
