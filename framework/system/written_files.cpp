#include "system/written_files.hpp"

#include <utility>

namespace nanotune {

namespace {

constexpr std::size_t most_kept = 32;  // a process may have a thousand files open, or fewer

}  // namespace

void WrittenFiles::keep(const std::string& path, Descriptor file) {
    if (files_.size() < most_kept) {
        files_.insert_or_assign(path, std::move(file));
    }
}

Descriptor WrittenFiles::take(const std::string& path) {
    auto kept = files_.extract(path);
    return kept.empty() ? Descriptor() : std::move(kept.mapped());
}

bool WrittenFiles::forget() {
    return !std::exchange(files_, {}).empty();
}

}  // namespace nanotune
