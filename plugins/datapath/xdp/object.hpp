// The program in the kernel's instruction set, as it was built: part of this program's file.
#pragma once

#include <cstddef>
#include <span>

namespace nanotune::datapath {

/// answer.bpf.c, an ELF file.
[[nodiscard]] std::span<const std::byte> answer_object();

}  // namespace nanotune::datapath
