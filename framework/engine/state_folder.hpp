// Where nanotune keeps its journal: one folder, one lock, one journal for each network namespace.
// A journal of another boot or namespace, or a damaged one, is set aside and said; it never blocks.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/journal.hpp"
#include "engine/journal_contents.hpp"
#include "engine/ledger.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

/// What the journal says, read without changing it.
struct JournalView {
    Ledger ledger;
    std::vector<std::string> notes;  ///< what is damaged or stale, and what becomes of it
    /// Another nanotune that is at work on what is open in the ledger; "" for none.
    std::string at_work = {};
};

/// What a journal is opened for.
enum class Opening {
    apply,  ///< without room on the disk nothing may begin
    undo,   ///< the host comes first: without room it is undone unrecorded, which `sync` says
};

class StateFolder {
  public:
    /// Of devices that `is_removed` knows nothing is kept for a rollback.
    explicit StateFolder(std::string folder, Identity identity, IsRemoved is_removed = {})
        : folder_(std::move(folder)),
          identity_(std::move(identity)),
          is_removed_(std::move(is_removed)) {}

    [[nodiscard]] const std::string& folder() const { return folder_; }
    [[nodiscard]] std::string journal_path() const;

    /// Makes the folder where it is not there. Errors: denied where somebody else than root could
    /// have written what root reads in it; io.
    [[nodiscard]] Status prepare() const;
    /// Exclusive use of the folder, which is made for it. Errors: busy, naming the holder; denied,
    /// io.
    [[nodiscard]] Result<Lock> lock(std::string_view command,
                                    std::chrono::milliseconds patience) const;
    /// Reads only. Errors: denied; for root also where somebody else could have written it; for
    /// everybody where it is a symbolic link.
    [[nodiscard]] Result<JournalView> view() const;
    /// Opens for appending; needs the lock. Sets aside what is damaged or stale, adding to `notes`.
    /// Errors: denied, io: it cannot be read; to apply, also that it cannot be written.
    [[nodiscard]] Result<Journal> open(std::vector<std::string>& notes,
                                       Opening opening = Opening::apply) const;

    /// What the journal said takes no memory any more: it is read anew.
    void forget() const { memory_->forget(); }

    /// Called after each record, with how many this journal has appended. For crash tests.
    void observe_appends(std::function<void(std::size_t)> observer) {
        observer_ = std::move(observer);
    }

  private:
    void sweep() const;
    [[nodiscard]] Status put_aside(const JournalContents& found, const std::string& aside) const;
    [[nodiscard]] Result<JournalContents> settled_contents() const;
    [[nodiscard]] std::string at_work() const;
    [[nodiscard]] Result<DurableFile> file_for(const JournalContents& found, Ledger& ledger,
                                               std::vector<std::string>& notes) const;

    std::string folder_;
    Identity identity_;
    IsRemoved is_removed_;
    std::function<void(std::size_t)> observer_;
    std::shared_ptr<JournalMemory> memory_ = std::make_shared<JournalMemory>();
};

}  // namespace nanotune
