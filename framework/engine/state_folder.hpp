// Where nanotune keeps its journal: one folder, one lock, one journal for each network namespace.
// A journal of another boot or namespace, or a damaged one, is set aside and said; it never blocks.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "engine/ledger.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

/// An open journal. Records are folded into the ledger as they are appended.
class Journal {
  public:
    /// Appends to the file's end, not yet durable.
    Status append(const record::Record& record);
    /// What was appended survives a crash once this has returned.
    Status sync();
    [[nodiscard]] const Ledger& ledger() const { return ledger_; }

  private:
    friend class StateFolder;
    Journal(DurableFile file, Ledger ledger, std::function<void(std::size_t)> observer)
        : file_(std::move(file)), ledger_(std::move(ledger)), observer_(std::move(observer)) {}

    DurableFile file_;
    Ledger ledger_;
    std::function<void(std::size_t)> observer_;
    std::string unwritten_;
    std::size_t appended_ = 0;
};

/// What the journal says, read without changing it.
struct JournalView {
    Ledger ledger;
    std::vector<std::string> notes;  ///< what is damaged or stale, and what becomes of it
};

class StateFolder {
  public:
    explicit StateFolder(std::string folder, Identity identity)
        : folder_(std::move(folder)), identity_(std::move(identity)) {}

    [[nodiscard]] const std::string& folder() const { return folder_; }

    /// Exclusive use of the folder. Errors: busy, naming the holder; io.
    [[nodiscard]] Result<Lock> lock(std::string_view command,
                                    std::chrono::milliseconds patience) const;
    /// Reads only. Errors: denied.
    [[nodiscard]] Result<JournalView> view() const;
    /// Opens for appending; needs the lock. Sets aside what is damaged or stale, adding to `notes`.
    /// Errors: io: the folder is read-only, or the disk is full.
    [[nodiscard]] Result<Journal> open(std::vector<std::string>& notes) const;

    /// Called after each record, with how many this journal has appended. For crash tests.
    void observe_appends(std::function<void(std::size_t)> observer) {
        observer_ = std::move(observer);
    }

  private:
    struct Contents {
        std::vector<record::Record> records;
        std::size_t good_bytes = 0;
        std::string unusable;  ///< why the file cannot be appended to; "" when it can
        bool is_torn = false;
    };
    [[nodiscard]] std::string journal_path() const;
    [[nodiscard]] Result<Contents> contents() const;

    std::string folder_;
    Identity identity_;
    std::function<void(std::size_t)> observer_;
};

}  // namespace nanotune
