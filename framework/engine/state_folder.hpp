// Where nanotune keeps its journal: one folder, one lock, one journal for each network namespace.
// A journal of another boot or namespace, or a damaged one, is set aside and said; it never blocks.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "engine/journal.hpp"
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
    explicit StateFolder(std::string folder, Identity identity)
        : folder_(std::move(folder)), identity_(std::move(identity)) {}

    [[nodiscard]] const std::string& folder() const { return folder_; }

    /// Makes the folder where it is not there. Errors: denied where somebody else than root could
    /// have written what root reads in it; io.
    [[nodiscard]] Status prepare() const;
    /// Exclusive use of the folder, which is made for it. Errors: busy, naming the holder; denied,
    /// io.
    [[nodiscard]] Result<Lock> lock(std::string_view command,
                                    std::chrono::milliseconds patience) const;
    /// Reads only. Errors: denied; for root also where somebody else could have written it.
    [[nodiscard]] Result<JournalView> view() const;
    /// Opens for appending; needs the lock. Sets aside what is damaged or stale, adding to `notes`.
    /// Errors: denied, io: it cannot be read; to apply, also that it cannot be written.
    [[nodiscard]] Result<Journal> open(std::vector<std::string>& notes,
                                       Opening opening = Opening::apply) const;

    /// Called after each record, with how many this journal has appended. For crash tests.
    void observe_appends(std::function<void(std::size_t)> observer) {
        observer_ = std::move(observer);
    }

  private:
    struct Contents {
        std::vector<record::Record> records;
        std::size_t good_bytes = 0;
        std::size_t head_bytes = 0;
        std::string unusable = {};  ///< why the file cannot be appended to; "" when it can
        bool is_torn = false;
        bool is_no_file = false;  ///< a folder, a pipe
        bool is_damaged = false;  ///< so it seems: a writer may be in the middle of it
        bool is_lost = false;     ///< what could not be read may have been followed by writes
    };
    [[nodiscard]] Status is_safely_placed() const;
    [[nodiscard]] Status is_trusted() const;
    void sweep() const;
    [[nodiscard]] Status put_aside(const Contents& found, const std::string& aside) const;
    [[nodiscard]] std::string journal_path() const;
    [[nodiscard]] Result<Contents> contents() const;
    [[nodiscard]] Result<Contents> settled_contents() const;
    [[nodiscard]] std::string at_work() const;
    [[nodiscard]] Result<DurableFile> file_for(const Contents& found, Ledger& ledger,
                                               std::vector<std::string>& notes) const;

    std::string folder_;
    Identity identity_;
    std::function<void(std::size_t)> observer_;
};

}  // namespace nanotune
