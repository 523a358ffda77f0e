#include "engine/plugin_file.hpp"

#include <cstring>

#include <elf.h>
#include <fmt/format.h>

#include "seal/seal.hpp"
#include "system/storage/file_facts.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half this_machine = EM_AARCH64;
#endif

constexpr unsigned group_and_others_write = 022;
constexpr unsigned others_write = 02;
constexpr std::size_t plugin_limit = 256 << 20;

Status checked_owner(const std::string& path, const FileFacts& facts,
                     std::optional<unsigned> program_owner) {
    if (program_owner && facts.owner != 0 && facts.owner != *program_owner) {
        return failure(
            ErrorCode::denied,
            fmt::format(
                "{} belongs to user {}, not to root{}: not loaded as root", path, facts.owner,
                *program_owner == 0
                    ? ""
                    : fmt::format(", nor to user {}, whose program this is", *program_owner)));
    }
    const unsigned open_to = program_owner == 0U ? group_and_others_write : others_write;
    if ((facts.mode & open_to) != 0) {
        return failure(ErrorCode::denied,
                       fmt::format("{} can be written by others than its owner (mode {:o}): not "
                                   "loaded",
                                   path, facts.mode));
    }
    return {};
}

Status checked_elf(const std::string& path, std::string_view head, std::uint64_t size) {
    Elf64_Ehdr header{};
    if (head.size() < sizeof(header) || std::memcmp(head.data(), ELFMAG, SELFMAG) != 0) {
        return failure(ErrorCode::damaged, fmt::format("{} is no shared object", path));
    }
    std::memcpy(&header, head.data(), sizeof(header));
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != this_machine) {
        return failure(ErrorCode::damaged,
                       fmt::format("{} is built for another architecture", path));
    }
    if (header.e_type != ET_DYN) {
        return failure(ErrorCode::damaged, fmt::format("{} is no shared object", path));
    }
    // The section table stands at the end of what the linker writes: without it the file is cut
    // off.
    const std::uint64_t end = header.e_shoff + std::uint64_t{header.e_shnum} * header.e_shentsize;
    if (end > size) {
        return failure(ErrorCode::damaged,
                       fmt::format("{} is cut off: {} of at least {} bytes", path, size, end));
    }
    return {};
}

}  // namespace

FileIdentity identity_of(const FileFacts& facts) {
    return {fmt::format("{} {} {} {}", facts.device, facts.inode, facts.size, facts.changed)};
}

Result<FileFacts> checked_folder(const std::string& path, std::optional<unsigned> program_owner) {
    NT_TRY(const FileFacts facts, file_facts(path));
    NT_CHECK(checked_owner(path, facts, program_owner));
    return facts;
}

Result<PluginOnDisk> checked_plugin_file(const std::string& path,
                                         std::optional<unsigned> program_owner) {
    NT_TRY(const FileFacts facts, file_facts(path));
    NT_CHECK(checked_owner(path, facts, program_owner));
    if (!facts.is_regular) {
        return failure(ErrorCode::damaged, fmt::format("{} is no file", path));
    }
    return PluginOnDisk{.path = path, .size = facts.size, .identity = identity_of(facts)};
}

Status checked_shared_object(const PluginOnDisk& file) {
    NT_TRY(const std::string head, file_head(file.path, sizeof(Elf64_Ehdr)));
    return checked_elf(file.path, head, file.size);
}

Result<bool> has_its_seal(const PluginOnDisk& file) {
    NT_TRY(const std::string bytes, read_file(file.path, plugin_limit));
    const auto seal = seal_of(bytes);
    if (!seal || !seal->is_sealed) {
        return false;
    }
    if (!seal->holds()) {
        return failure(ErrorCode::damaged,
                       fmt::format("{} is not as it was built: it says that its sum is {:08x}, but "
                                   "it is {:08x}",
                                   file.path, seal->said, seal->computed));
    }
    return true;
}

}  // namespace nanotune
