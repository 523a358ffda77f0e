#include "system/storage/file_facts.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "system/storage/storage.hpp"

namespace nanotune {

namespace {

FileFacts facts_in(const struct stat& found) {
    constexpr std::int64_t nanoseconds = 1'000'000'000;
    return {.owner = found.st_uid,
            .mode = found.st_mode & 07777U,
            .is_regular = S_ISREG(found.st_mode),
            .is_folder = S_ISDIR(found.st_mode),
            .is_link = S_ISLNK(found.st_mode),
            .device = found.st_dev,
            .inode = found.st_ino,
            .size = static_cast<std::uint64_t>(found.st_size),
            .changed = found.st_ctim.tv_sec * nanoseconds + found.st_ctim.tv_nsec};
}

/// Of the name itself; where there are none, errno says why.
std::optional<FileFacts> facts_of_name(const std::string& path) {
    struct stat found{};
    return ::lstat(path.c_str(), &found) == 0 ? std::optional(facts_in(found)) : std::nullopt;
}

/// The first name of a path, which is taken off it; "" where there is none.
std::string next_name(std::string_view& path) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(name.size());
    return std::string(name);
}

}  // namespace

Result<FileFacts> file_facts(const std::string& path) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0) {
        return kernel_failure(path, errno);
    }
    return facts_in(found);
}

Result<FileFacts> name_facts(const std::string& path) {
    if (const auto facts = facts_of_name(path)) {
        return *facts;
    }
    return kernel_failure(path, errno);
}

Result<std::string> file_head(const std::string& path, std::size_t bytes) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        return kernel_failure(path, errno);
    }
    std::string head(bytes, '\0');
    const ssize_t size = ::read(file.number(), head.data(), head.size());
    if (size < 0) {
        return kernel_failure(path, errno);
    }
    head.resize(static_cast<std::size_t>(size));
    return head;
}

Way way_to(const std::string& path) {
    constexpr int most_links = 40;  // as the kernel follows
    std::error_code error;
    std::string whole =
        path.starts_with('/') ? path : std::filesystem::absolute(path, error).string();
    std::string_view ahead = whole;
    Way way;
    if (whole.empty()) {
        return way;
    }
    FolderOnWay at;        // the root, while its path is empty
    bool leads_on = true;  // the kernel goes up from a folder alone
    for (int links = 0; links <= most_links;) {
        const std::string name = next_name(ahead);
        if (name.empty()) {
            if (leads_on) {
                way.end = at.path.empty() ? facts_of_name("/") : at.facts;
            }
            break;
        }
        if (name == ".") {
            continue;
        }
        if (name == "..") {
            leads_on = leads_on && (at.path.empty() || (at.facts && at.facts->is_folder));
            at.path.resize(std::min(at.path.rfind('/'), at.path.size()));
            at.facts = facts_of_name(at.path);
            continue;
        }
        if (!at.path.empty()) {
            way.folders.push_back(at);
        }
        FolderOnWay next{.path = at.path + '/' + name, .facts = {}};
        next.facts = facts_of_name(next.path);
        const bool is_link = next.facts && next.facts->is_link;
        const std::string target =
            is_link ? std::filesystem::read_symlink(next.path, error).string() : std::string();
        if (target.empty()) {
            at = std::move(next);
            continue;
        }
        if (target.starts_with('/')) {
            at = FolderOnWay();
        }
        whole = target + std::string(ahead);
        ahead = whole;
        ++links;
    }
    return way;
}

Result<std::vector<std::string>> folder_names(const std::string& path) {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
    if (!folder) {
        return kernel_failure(path, errno);
    }
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(folder.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") {
            names.push_back(name);
        }
    }
    std::ranges::sort(names);
    return names;
}

bool has_times_of_changes(const std::string& folder) {
    struct statfs found{};
    if (::statfs(folder.c_str(), &found) != 0) {
        return false;
    }
    constexpr std::array<std::uint64_t, 4> usual{EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC,
                                                 BTRFS_SUPER_MAGIC, TMPFS_MAGIC};
    return std::ranges::find(usual, static_cast<std::uint64_t>(found.f_type)) != usual.end();
}

bool is_root() {
    return ::geteuid() == 0;
}

}  // namespace nanotune
