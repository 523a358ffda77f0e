// Looks at the program that `nanotune exec` is about to become: where it is, and whether a
// preloaded object would reach it.
#include <cerrno>
#include <cstring>

#include <elf.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "launch.hpp"
#include "text_file.hpp"

namespace nanotune::cli {

namespace {

/// The beginning of a file, as much as program headers need.
Result<std::string> beginning_of(const std::string& path) {
    constexpr std::size_t enough = 64UL * 1024;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return kernel_failure("read " + path, errno);
    }
    std::string text(enough, '\0');
    const ssize_t size = ::read(fd, text.data(), text.size());
    const int error = errno;
    ::close(fd);
    if (size < 0) {
        return kernel_failure("read " + path, error);
    }
    text.resize(static_cast<std::size_t>(size));
    return text;
}

template <typename T>
bool copy_at(const std::string& text, std::size_t offset, T& object) {
    if (offset > text.size() || text.size() - offset < sizeof object) {
        return false;
    }
    std::memcpy(&object, text.data() + offset, sizeof object);
    return true;
}

bool has_loader(const std::string& text, const Elf64_Ehdr& header) {
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment{};
        if (!copy_at(text, header.e_phoff + i * header.e_phentsize, segment)) {
            return false;
        }
        if (segment.p_type == PT_INTERP) {
            return true;
        }
    }
    return false;
}

Result<Elf64_Ehdr> own_header() {
    NT_TRY(const std::string text, beginning_of("/proc/self/exe"));
    Elf64_Ehdr header{};
    if (!copy_at(text, 0, header)) {
        return failure(ErrorCode::damaged, "/proc/self/exe: not an ELF file");
    }
    return header;
}

bool gains_privileges(const std::string& program) {
    struct stat about{};
    if (::stat(program.c_str(), &about) != 0) {
        return false;
    }
    const bool other_user = (about.st_mode & S_ISUID) != 0 && about.st_uid != ::getuid();
    const bool other_group = (about.st_mode & S_ISGID) != 0 && about.st_gid != ::getgid();
    const bool has_capabilities =
        ::getxattr(program.c_str(), "security.capability", nullptr, 0) > 0 && ::getuid() != 0;
    return other_user || other_group || has_capabilities;
}

std::unexpected<Error> not_lockable(const std::string& program, std::string_view why) {
    return failure(ErrorCode::unsupported,
                   fmt::format("--lock-memory: {} {}, so its memory cannot be locked from outside; "
                               "it must call mlockall itself",
                               program, why));
}

/// "/bin/sh" of "#!/bin/sh -e".
std::string interpreter_of(std::string_view text) {
    std::string_view line = text.substr(2, text.find('\n') - 2);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return std::string(line.substr(0, line.find_first_of(" \t\r")));
}

}  // namespace

Result<std::string> program_of(const std::string& command, std::string_view path) {
    if (command.contains('/')) {
        if (::access(command.c_str(), X_OK) != 0) {
            return kernel_failure(command, errno);
        }
        return command;
    }
    int error = ENOENT;
    while (true) {
        const std::size_t colon = path.find(':');
        const std::string_view folder = path.substr(0, colon);
        std::string candidate = fmt::format("{}/{}", folder.empty() ? "." : folder, command);
        struct stat about{};
        if (::stat(candidate.c_str(), &about) == 0 && S_ISREG(about.st_mode)) {
            if (::access(candidate.c_str(), X_OK) == 0) {
                return candidate;
            }
            error = errno;
        }
        if (colon == std::string_view::npos) {
            return kernel_failure(command, error);
        }
        path.remove_prefix(colon + 1);
    }
}

Status takes_preload(const std::string& program) {
    std::string file = program;
    // The kernel itself follows no more interpreters of interpreters than this.
    for (int depth = 0; depth < 5; ++depth) {
        NT_TRY(const std::string text, beginning_of(file));
        if (text.starts_with("#!")) {
            file = interpreter_of(text);
            continue;
        }
        Elf64_Ehdr header{};
        if (!copy_at(text, 0, header) ||
            std::memcmp(static_cast<const unsigned char*>(header.e_ident), ELFMAG, SELFMAG) != 0) {
            return not_lockable(file, "is not a program of this system");
        }
        NT_TRY(const Elf64_Ehdr own, own_header());
        if (header.e_ident[EI_CLASS] != own.e_ident[EI_CLASS] ||
            header.e_machine != own.e_machine) {
            return not_lockable(file, "is built for another architecture than nanotune");
        }
        if (!has_loader(text, header)) {
            return not_lockable(file, "is statically linked");
        }
        if (gains_privileges(file)) {
            return not_lockable(file, "changes its user, group or capabilities when it starts");
        }
        return {};
    }
    return not_lockable(program, "is a script of scripts");
}

}  // namespace nanotune::cli
