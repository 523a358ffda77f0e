// What a journal's bytes came to when they were read last: most of them are the same the next time.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/ledger.hpp"
#include "engine/record.hpp"

namespace nanotune {

/// A journal's bytes, folded.
struct FoldedJournal {
    std::shared_ptr<const std::string> bytes = std::make_shared<const std::string>();
    std::optional<record::Header> header = {};  ///< nothing where they do not begin with one
    Ledger ledger = {};
    std::size_t records = 0;     ///< how many it was folded of
    std::size_t good_bytes = 0;  ///< as record::Parsed's, as the rest is
    std::size_t head_bytes = 0;
    std::string damage = {};
    bool is_torn_tail = false;
};

/// May be used by several threads.
class JournalMemory {
  public:
    /// Equal to folding all of the bytes; what they have in common with those before is not folded
    /// again. The header, which is written in place, is read each time.
    FoldedJournal folded(std::string bytes);
    /// The next bytes are folded from their beginning.
    void forget();

  private:
    std::mutex mutex_;
    FoldedJournal last_;
};

}  // namespace nanotune
