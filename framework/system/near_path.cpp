#include "system/near_path.hpp"

#include <string_view>

#include <fcntl.h>

namespace nanotune {

NearPaths::Place NearPaths::place_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (!path.starts_with("/proc/sys/")) {
        return {.folder = AT_FDCWD, .name = path.c_str()};
    }
    const std::string_view folder = std::string_view(path).substr(0, slash);
    if (folder != last_) {
        open_ = Descriptor();
        last_ = folder;
        return {.folder = AT_FDCWD, .name = path.c_str()};
    }
    if (!open_.is_open()) {
        open_ = Descriptor(open(last_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    return open_.is_open() ? Place{.folder = open_.number(), .name = path.c_str() + slash + 1}
                           : Place{.folder = AT_FDCWD, .name = path.c_str()};
}

bool NearPaths::forget() {
    const bool had_one = open_.is_open();
    open_ = Descriptor();
    last_.clear();
    return had_one;
}

}  // namespace nanotune
