// What the file system says of a file that nanotune is about to trust.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nanotune/error.hpp>

namespace nanotune {

/// From stat(2), links followed.
struct FileFacts {
    unsigned owner = 0;
    unsigned mode = 0;  ///< permission bits
    bool is_regular = false;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t changed = 0;  ///< ctime, nanoseconds
    friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

/// Errors: not_found, denied.
[[nodiscard]] Result<FileFacts> file_facts(const std::string& path);
/// Whatever it leads to, if to anything.
[[nodiscard]] bool is_symbolic_link(const std::string& path);
/// The first bytes of a file, fewer where it is shorter. Errors: not_found, denied, io.
[[nodiscard]] Result<std::string> file_head(const std::string& path, std::size_t bytes);
/// Whether the file's last line has an end; an empty file's has. Errors: not_found, denied, io.
[[nodiscard]] Result<bool> ends_whole(const std::string& path);
/// The folders, besides the root, in which the kernel looks a name up on its way to the path: those
/// that it names, and those that links on the way lead through.
[[nodiscard]] std::vector<std::string> folders_on_way(const std::string& path);
/// Names in a folder, sorted, without "." and "..". Errors: not_found, denied.
[[nodiscard]] Result<std::vector<std::string>> folder_names(const std::string& path);
/// Whether this process runs as root.
[[nodiscard]] bool is_root();

}  // namespace nanotune
