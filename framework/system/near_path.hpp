// A short way to files that lie together. Under /proc/sys the kernel asks each part of a path for
// permission, which costs more than reading the value at its end.
#pragma once

#include <cerrno>
#include <string>

#include "system/storage/storage.hpp"

namespace nanotune {

/// Keeps the folder open in which two files in a row were.
class NearPaths {
  public:
    /// Calls `call(folder, name)`, which is openat(2) or one like it, until no signal interrupts
    /// it; its answer, with errno where that is below 0. A folder that was removed since it was
    /// opened, and made again, does not have the file: then the whole path is tried.
    template <typename F>
    int at(const std::string& path, F call) {
        int answer = -1;
        bool is_whole = false;
        do {
            const Place place = place_of(path);
            answer = call(place.folder, place.name);
            is_whole = place.name == path.c_str();
        } while (answer < 0 && (errno == EINTR || (errno == ENOENT && !is_whole && forget())));
        return answer;
    }

  private:
    /// An open folder and a name in it, or the working folder and the whole path.
    struct Place {
        int folder;
        const char* name;
    };
    /// Valid while `path` is.
    [[nodiscard]] Place place_of(const std::string& path);
    /// Whether there was a folder to forget.
    bool forget();

    std::string last_;  ///< the folder of the last path
    Descriptor open_;   ///< `last_`, from the second path on
};

}  // namespace nanotune
