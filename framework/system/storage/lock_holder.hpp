// Who holds a lock: asked of the kernel, since a note may be that of an earlier holder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "system/storage/storage.hpp"

namespace nanotune {

/// What this process leaves in a lock's file: its number, its start time and what it is doing.
[[nodiscard]] std::string lock_note(std::string_view command);

struct LockHolder {
    long process = 0;
    std::string name;     ///< "nanotune"
    std::string command;  ///< "nanotune apply"

    /// "nanotune (process 1234: nanotune apply)"
    [[nodiscard]] std::string text() const;
};

/// Nothing where the holder is not to be seen from here, or has just let go.
[[nodiscard]] std::optional<LockHolder> lock_holder(const Descriptor& file,
                                                    const std::string& path);

}  // namespace nanotune
