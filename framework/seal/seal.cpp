#include "seal/seal.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include <elf.h>

#include <nanotune/seal.hpp>

#include "checksum/crc32.hpp"

namespace nanotune {
namespace {

constexpr std::size_t sum_in_note = offsetof(SealNote, sum);

template <typename Record>
std::optional<Record> record_at(std::string_view file, std::uint64_t place) {
    if (place > file.size() || file.size() - place < sizeof(Record)) {
        return std::nullopt;
    }
    Record record;
    std::memcpy(&record, file.data() + place, sizeof(record));
    return record;
}

/// Whether the file holds the whole of it.
bool is_within(std::string_view file, const Elf64_Phdr& segment) {
    return segment.p_offset <= file.size() && segment.p_filesz <= file.size() - segment.p_offset;
}

std::optional<std::vector<Elf64_Phdr>> segments_of(std::string_view file,
                                                   const Elf64_Ehdr& header) {
    std::vector<Elf64_Phdr> segments;
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        const auto segment =
            record_at<Elf64_Phdr>(file, header.e_phoff + std::uint64_t{i} * sizeof(Elf64_Phdr));
        if (!segment || !is_within(file, *segment)) {
            return std::nullopt;
        }
        segments.push_back(*segment);
    }
    return segments;
}

/// Where the note begins in the file. A segment may hold notes of others, too.
std::optional<std::uint64_t> note_in(std::string_view file, const Elf64_Phdr& segment) {
    constexpr SealNote ours;
    std::string_view notes = file.substr(segment.p_offset, segment.p_filesz);
    const auto padded = [&segment](std::uint64_t size) {
        const std::uint64_t step = segment.p_align == 8 ? 8 : 4;
        return (size + step - 1) / step * step;
    };
    while (const auto head = record_at<Elf64_Nhdr>(notes, 0)) {
        if (std::memcmp(notes.data(), &ours, std::min(notes.size(), sum_in_note)) == 0 &&
            notes.size() >= sizeof(SealNote)) {
            return static_cast<std::uint64_t>(notes.data() - file.data());
        }
        const std::uint64_t size =
            padded(sizeof(*head) + std::uint64_t{head->n_namesz}) + padded(head->n_descsz);
        if (size > notes.size()) {
            break;
        }
        notes.remove_prefix(size);
    }
    return std::nullopt;
}

/// What strip(1) changes of the header says nothing of what is loaded.
void forget_sections(std::string& loaded) {
    Elf64_Ehdr header;
    std::memcpy(&header, loaded.data(), sizeof(header));
    header.e_shoff = 0;
    header.e_shnum = header.e_shstrndx = 0;
    std::memcpy(loaded.data(), &header, sizeof(header));
}

std::uint32_t sum_of(std::string_view file, const std::vector<Elf64_Phdr>& segments,
                     std::size_t seal_place) {
    std::string bytes(file);
    forget_sections(bytes);
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(seal_place),
                sizeof(SealNote) - sum_in_note, '\0');
    const std::string_view all = bytes;
    Crc32 sum;
    sum.add(all.substr(0, sizeof(Elf64_Ehdr)));
    for (const Elf64_Phdr& segment : segments) {
        if (segment.p_type == PT_LOAD) {
            sum.add(all.substr(segment.p_offset, segment.p_filesz));
        }
    }
    return sum.sum();
}

}  // namespace

std::expected<Seal, std::string> seal_of(std::string_view file) {
    const auto header = record_at<Elf64_Ehdr>(file, 0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_phentsize != sizeof(Elf64_Phdr)) {
        return std::unexpected("is no ELF file of 64 bits");
    }
    const auto segments = segments_of(file, *header);
    if (!segments) {
        return std::unexpected("is cut off: it does not hold all that is to be loaded of it");
    }
    for (const Elf64_Phdr& segment : *segments) {
        const auto note = segment.p_type == PT_NOTE ? note_in(file, segment) : std::nullopt;
        if (!note) {
            continue;
        }
        if (const auto there = record_at<SealNote>(file, *note)) {
            const std::size_t place = *note + sum_in_note;
            return Seal{.place = place,
                        .said = there->sum,
                        .is_sealed = there->is_sealed != 0,
                        .computed = sum_of(file, *segments, place)};
        }
    }
    return std::unexpected("has no place for a seal: NANOTUNE_PLUGIN makes one");
}

}  // namespace nanotune
