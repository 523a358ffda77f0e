// What a journal's file says, as far as it can be read and is of this boot and namespace.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/journal_memory.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

/// A journal larger than this was never written by us.
inline constexpr std::size_t journal_limit = 64UL << 20;

struct JournalContents {
    Ledger ledger = {};       ///< as far as it can be used
    std::size_t records = 0;  ///< that it was folded of
    /// Of the file; what follows the header up to `good_bytes` is what the ledger was folded of.
    std::shared_ptr<const std::string> bytes = std::make_shared<const std::string>();
    std::size_t good_bytes = 0;
    std::size_t head_bytes = 0;
    std::string unusable = {};  ///< why the file cannot be appended to; "" when it can
    bool is_torn = false;
    bool goes_aside_whole = false;  ///< a folder, a pipe, too large: it is moved, not copied
    bool is_damaged = false;        ///< so it seems: a writer may be in the middle of it
    bool is_lost = false;           ///< what could not be read may have been followed by writes

    [[nodiscard]] bool has_records() const { return good_bytes > 0; }
    /// The frames of its records but the header.
    [[nodiscard]] std::string_view body() const {
        return std::string_view(*bytes).substr(head_bytes, good_bytes - head_bytes);
    }
};

/// Nothing where there is no file. Errors: denied, io; refused where nobody may go by it.
[[nodiscard]] Result<JournalContents> journal_contents(const std::string& path,
                                                       const Identity& identity,
                                                       JournalMemory& memory);

}  // namespace nanotune
