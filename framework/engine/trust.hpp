// What nanotune goes by: root undoes by what stands in the journal, so nobody else may be able to
// put another in its place, or to write into it.
#pragma once

#include <string>

#include <nanotune/error.hpp>

namespace nanotune {

/// Whether nobody else can put another folder in the place of this one, be it there or not.
/// Errors: denied.
[[nodiscard]] Status safely_placed(const std::string& folder);
/// Whether nobody else can write into the folder, which is there. Errors: denied.
[[nodiscard]] Status trusted_folder(const std::string& folder);
/// Whether the journal, if it is there, is a file of ours that nobody else can write. Errors:
/// refused.
[[nodiscard]] Status trusted_journal(const std::string& path);

}  // namespace nanotune
