// Calls on open descriptors that a signal or a short count may interrupt.
#pragma once

#include <string>
#include <string_view>

#include "system/storage/storage.hpp"

namespace nanotune {

/// Opens with O_CLOEXEC. Errors: as storage, "open PATH".
[[nodiscard]] Result<Descriptor> open_file(const std::string& path, int flags);
/// Writes all bytes. `path` is for the words alone.
[[nodiscard]] Status write_all(const Descriptor& file, std::string_view bytes,
                               const std::string& path);
/// Syncs the folder's own entry list, so that a new name survives a crash.
[[nodiscard]] Status sync_folder(const std::string& folder);
/// The folder of a path; "." for a bare name.
[[nodiscard]] std::string folder_of(const std::string& path);

}  // namespace nanotune
