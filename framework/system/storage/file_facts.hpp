// What the file system says of a file that nanotune is about to trust.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nanotune/error.hpp>

namespace nanotune {

/// As stat(2) has them.
struct FileFacts {
    unsigned owner = 0;
    unsigned mode = 0;  ///< permission bits
    bool is_regular = false;
    bool is_folder = false;
    bool is_link = false;
    std::uint64_t device = 0;  ///< of the file system
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t changed = 0;  ///< ctime, nanoseconds
    friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

/// A folder in which the kernel looks a name up on its way to a path.
struct FolderOnWay {
    std::string path;
    std::optional<FileFacts> facts;  ///< nothing where it cannot be looked at
};

/// The way that the kernel goes to a path.
struct Way {
    /// Besides the root: those that the path names, and those that links on the way lead through.
    std::vector<FolderOnWay> folders;
    std::optional<FileFacts> end;  ///< of what it comes to, if to anything
};

/// Links followed. Errors: not_found, denied.
[[nodiscard]] Result<FileFacts> file_facts(const std::string& path);
/// Of the name itself: a link is one. Errors: not_found, denied.
[[nodiscard]] Result<FileFacts> name_facts(const std::string& path);
/// The first bytes of a file, fewer where it is shorter. Errors: not_found, denied, io.
[[nodiscard]] Result<std::string> file_head(const std::string& path, std::size_t bytes);
/// Each name is looked at once.
[[nodiscard]] Way way_to(const std::string& path);
/// Names in a folder, sorted, without "." and "..". Errors: not_found, denied.
[[nodiscard]] Result<std::vector<std::string>> folder_names(const std::string& path);
/// Whether a folder there that changes gets another change time: on the usual file systems of a
/// disk and of memory. One that is shown in layers, as systemd-sysext does, has the times of its
/// top layer alone; images have those that they were made with; servers tell late.
[[nodiscard]] bool has_times_of_changes(const std::string& folder);
/// Whether this process runs as root.
[[nodiscard]] bool is_root();

}  // namespace nanotune
