// What a journal's file says, as far as it can be read and is of this boot and namespace.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/record.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

/// A journal larger than this was never written by us.
inline constexpr std::size_t journal_limit = 64UL << 20;

struct JournalContents {
    std::vector<record::Record> records = {};
    std::size_t good_bytes = 0;
    std::size_t head_bytes = 0;
    std::string unusable = {};  ///< why the file cannot be appended to; "" when it can
    bool is_torn = false;
    bool goes_aside_whole = false;  ///< a folder, a pipe, too large: it is moved, not copied
    bool is_damaged = false;        ///< so it seems: a writer may be in the middle of it
    bool is_lost = false;           ///< what could not be read may have been followed by writes
};

/// Nothing where there is no file. Errors: denied, io; refused where nobody may go by it.
[[nodiscard]] Result<JournalContents> journal_contents(const std::string& path,
                                                       const Identity& identity);

}  // namespace nanotune
