// The journal of one network namespace while it is being written.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/ledger.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

/// An open journal. What is appended counts once it is synced: then it is in the file, and in the
/// ledger.
class Journal {
  public:
    /// To be written by the next `sync`. Errors: refused, for a record that is longer than one can
    /// be; io, only where every record is written by itself.
    template <typename One>
    Status append(One&& one) {
        make_room();
        appended_.emplace_back(std::forward<One>(one));
        return frame_last();
    }
    /// What was appended survives the process once this has returned. Errors: io; the next one
    /// tries again.
    Status sync();
    /// What was appended since the last sync is not to be written any more.
    void discard();
    [[nodiscard]] const Ledger& ledger() const { return ledger_; }
    /// The file keeps the names that it has.
    void rename(const Renaming& renaming) { ledger_.rename(renaming); }
    void follow(const Following& following) { ledger_.follow(following); }
    /// Before the end of its life: its file system may be made read-only from now on. What was
    /// recorded can still be asked for.
    void close() { file_ = failure(ErrorCode::io, "the journal is closed"); }

  private:
    friend class StateFolder;
    void make_room();
    Status frame_last();
    /// `size` is the file's, before it.
    Status keep(std::uint64_t size);
    void forget();
    Journal(Result<DurableFile> file, record::Header header, Ledger ledger,
            std::function<void(std::size_t)> observer)
        : file_(std::move(file)),
          header_(std::move(header)),
          ledger_(std::move(ledger)),
          observer_(std::move(observer)) {}

    Result<DurableFile> file_;
    record::Header header_;
    Ledger ledger_;
    std::function<void(std::size_t)> observer_;
    std::vector<record::Record> appended_;
    std::string frames_;  ///< theirs, in their order
    std::size_t observed_ = 0;
};

}  // namespace nanotune
