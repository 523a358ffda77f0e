// The note in a plugin's file that holds the sum of all that is loaded of the file. The build
// writes the sum once the file is linked (nanotune_add_plugin), and nanotune compares it before it
// loads.
#pragma once

#include <cstdint>

namespace nanotune {

/// An ELF note, elf(5): a name, and what the name's owner means by it.
struct SealNote {
    std::uint32_t name_size = sizeof(name);
    std::uint32_t sum_size = sizeof(sum) + sizeof(is_sealed);
    std::uint32_t type = 1;
    char name[12] = "nanotune";
    std::uint32_t sum = 0;  ///< CRC-32 of what is loaded, with this and the next taken for 0
    std::uint32_t is_sealed = 0;
};

}  // namespace nanotune

#define NANOTUNE_SEAL_NOTE                                       \
    namespace {                                                  \
    __attribute__((used, section(".note.nanotune"), aligned(4))) \
    const nanotune::SealNote nanotune_seal_note{};               \
    }
