#include "system/kept_files.hpp"

#include <algorithm>
#include <utility>

#include <sys/resource.h>

namespace nanotune {

namespace {

/// A part of what this process may have open.
std::size_t most_kept() {
    constexpr rlim_t part = 8;
    constexpr rlim_t enough = 4096;
    rlimit open_files{};
    return getrlimit(RLIMIT_NOFILE, &open_files) == 0
               ? static_cast<std::size_t>(std::min(open_files.rlim_cur / part, enough))
               : 0;
}

}  // namespace

bool KeptFiles::has_room() {
    if (!most_) {
        most_ = most_kept();
    }
    return files_.size() < *most_;
}

const Descriptor& KeptFiles::keep(const std::string& path, Descriptor file) {
    return files_.insert_or_assign(path, std::move(file)).first->second;
}

const Descriptor* KeptFiles::find(const std::string& path) const {
    const auto kept = files_.find(path);
    return kept == files_.end() ? nullptr : &kept->second;
}

bool KeptFiles::drop_all() {
    return !std::exchange(files_, {}).empty();
}

}  // namespace nanotune
