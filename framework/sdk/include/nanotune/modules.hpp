// Which modules the kernel could load for a name that it does not know.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <nanotune/system.hpp>

namespace nanotune {

/// How far a module can be had.
enum class Module { is_there, is_not_there, not_known };

/// `aliases`: what the kernel asks for. Modules are loaded by a program that the kernel starts in
/// its own root, which may not be ours: an index that is not there says nothing.
[[nodiscard]] Module module_of(Files& files, std::string_view module,
                               std::span<const std::string> aliases = {});

/// Whether the kernel has the queueing discipline, or could have it. Errors: unsupported.
[[nodiscard]] Status has_qdisc(Files& files, std::string_view kind);

/// Why nothing can be loaded on behalf of this process; "" where something may.
[[nodiscard]] std::string_view why_none_is_loaded(Files& files);

}  // namespace nanotune
