// A namespace lives as long as a process is in it or its file is mounted, and nobody lists them
// all. One that only a descriptor keeps is not found.
#include "system/other_namespaces.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <map>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>

#include <nanotune/words.hpp>

#include "system/links.hpp"
#include "system/storage/file_facts.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

namespace {

constexpr std::size_t mounts_limit = 16UL << 20;

/// Files that stand for network namespaces, of processes and mounted ones.
Result<std::vector<std::string>> namespace_files() {
    std::vector<std::string> files;
    NT_TRY(const auto names, folder_names("/proc"));
    for (const std::string& name : names) {
        if (name.find_first_not_of("0123456789") == std::string::npos) {
            files.push_back(fmt::format("/proc/{}/ns/net", name));
        }
    }
    NT_TRY(const std::string mounts, read_file("/proc/self/mountinfo", mounts_limit));
    for (std::string_view rest = mounts; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        constexpr std::size_t root = 3;  // proc_pid_mountinfo(5)
        constexpr std::size_t place = 4;
        const auto words = split_words(line);
        if (words.size() > place && words[root].starts_with("net:[")) {
            files.emplace_back(words[place]);
        }
    }
    return files;
}

/// By inode, without our own. A process that has ended meanwhile is in none.
Result<std::map<ino_t, Descriptor>> other_namespaces() {
    struct stat ours{};
    if (stat("/proc/thread-self/ns/net", &ours) != 0) {
        return kernel_failure("/proc/thread-self/ns/net", errno);
    }
    NT_TRY(const auto files, namespace_files());
    std::map<ino_t, Descriptor> others;
    for (const std::string& file : files) {
        struct stat found{};
        if (stat(file.c_str(), &found) != 0) {
            if (errno == EACCES || errno == EPERM) {
                return kernel_failure(file, errno);
            }
            continue;
        }
        if (found.st_ino == ours.st_ino || others.contains(found.st_ino)) {
            continue;
        }
        Descriptor space(open(file.c_str(), O_RDONLY | O_CLOEXEC));
        if (space.is_open()) {
            others.emplace(found.st_ino, std::move(space));
        }
    }
    return others;
}

/// Ends in another namespace than it began: for a thread that has nothing else to do.
Result<std::vector<Link>> links_in(const std::map<ino_t, Descriptor>& spaces) {
    std::vector<Link> links;
    for (const auto& [inode, space] : spaces) {
        if (setns(space.number(), CLONE_NEWNET) != 0) {
            return kernel_failure(fmt::format("setns net:[{}]", inode), errno);
        }
        NT_TRY(auto found, KernelLinks().list());
        std::ranges::move(found, std::back_inserter(links));
    }
    return links;
}

}  // namespace

Result<std::vector<Link>> links_elsewhere() {
    NT_TRY(const auto spaces, other_namespaces());
    Result<std::vector<Link>> links;
    try {
        std::thread([&] { links = links_in(spaces); }).join();
    } catch (const std::system_error& none) {
        return kernel_failure("begin a thread for other network namespaces", none.code().value());
    }
    return links;
}

}  // namespace nanotune
