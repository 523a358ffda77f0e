// What can be known of a plugin file without running it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nanotune/error.hpp>

#include "system/storage/file_facts.hpp"

namespace nanotune {

/// Identifies a file's content well enough to remember that it passed the trial load.
struct FileIdentity {
    std::string text;  ///< file system, inode, size, change time
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

[[nodiscard]] FileIdentity identity_of(const FileFacts& facts);

/// A file that may be looked into.
struct PluginOnDisk {
    std::string path;
    std::uint64_t size = 0;
    FileIdentity identity;
};

/// What anybody may write is refused in any case. Errors: denied when somebody else than root and
/// `program_owner` could have written the file or its folder; damaged when it is no file.
[[nodiscard]] Result<PluginOnDisk> checked_plugin_file(const std::string& path,
                                                       std::optional<unsigned> program_owner);
/// Errors: damaged when the file is no shared object for this machine, naming what it is instead.
[[nodiscard]] Status checked_shared_object(const PluginOnDisk& file);
/// Whether the file's seal says that it is what was built; false where nobody sealed it. Errors:
/// damaged when it is something else now; io.
[[nodiscard]] Result<bool> has_its_seal(const PluginOnDisk& file);
/// What the file system says of the folder. Errors: not_found; denied, as above.
[[nodiscard]] Result<FileFacts> checked_folder(const std::string& path,
                                               std::optional<unsigned> program_owner);

}  // namespace nanotune
