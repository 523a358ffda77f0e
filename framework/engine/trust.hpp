// What nanotune goes by: root undoes by what stands in the journal, so nobody else may be able to
// put another in its place, or to write into it.
#pragma once

#include <string>

#include <nanotune/error.hpp>

namespace nanotune {

/// Whether the folder is there. Errors: denied, where somebody else than root can put another
/// folder in its place, be it there or not, or write into it, and this process is root.
[[nodiscard]] Result<bool> trusted_folder(const std::string& folder);
/// Whether the journal, if it is there, is a file of ours that nobody else can write. Errors:
/// refused.
[[nodiscard]] Status trusted_journal(const std::string& path);

}  // namespace nanotune
