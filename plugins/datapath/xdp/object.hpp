// The programs in the kernel's instruction set, as they were built: part of this program's file.
#pragma once

#include <cstddef>
#include <span>

namespace nanotune::datapath {

/// answer.bpf.c, an ELF file.
[[nodiscard]] std::span<const std::byte> answer_object();
/// tap.bpf.c, likewise.
[[nodiscard]] std::span<const std::byte> tap_object();

}  // namespace nanotune::datapath
