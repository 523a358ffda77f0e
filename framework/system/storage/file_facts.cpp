#include "system/storage/file_facts.hpp"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/storage/storage.hpp"

namespace nanotune {

Result<FileFacts> file_facts(const std::string& path) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0) {
        return kernel_failure(path, errno);
    }
    constexpr std::int64_t nanoseconds = 1'000'000'000;
    return FileFacts{.owner = found.st_uid,
                     .mode = found.st_mode & 07777U,
                     .is_regular = S_ISREG(found.st_mode),
                     .inode = found.st_ino,
                     .size = static_cast<std::uint64_t>(found.st_size),
                     .changed = found.st_ctim.tv_sec * nanoseconds + found.st_ctim.tv_nsec};
}

bool is_symbolic_link(const std::string& path) {
    struct stat found{};
    return ::lstat(path.c_str(), &found) == 0 && S_ISLNK(found.st_mode);
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

Result<bool> ends_whole(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open()) {
        return kernel_failure(path, errno);
    }
    char last = '\n';
    if (::lseek(file.number(), -1, SEEK_END) >= 0 && ::read(file.number(), &last, 1) < 0) {
        return kernel_failure(path, errno);
    }
    return last == '\n';
}

std::vector<std::string> folders_on_way(const std::string& path) {
    namespace fs = std::filesystem;
    constexpr int most_links = 40;  // as the kernel follows
    std::vector<std::string> folders;
    std::error_code error;
    const fs::path whole = fs::absolute(path, error);
    std::deque<fs::path> ahead(whole.begin(), whole.end());
    fs::path at;
    for (int links = 0; links <= most_links && !ahead.empty();) {
        const fs::path name = std::move(ahead.front());
        ahead.pop_front();
        if (name == "..") {
            at = at.parent_path();
        } else if (name.is_absolute()) {
            at = name;
        } else if (name != "." && !name.empty()) {
            if (at.has_relative_path()) {
                folders.push_back(at.string());
            }
            const fs::path target = fs::read_symlink(at / name, error);
            if (error) {
                at /= name;
            } else {
                ahead.insert(ahead.begin(), target.begin(), target.end());
                ++links;
            }
        }
    }
    return folders;
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

bool is_root() {
    return ::geteuid() == 0;
}

}  // namespace nanotune
