#include "engine/held_journal.hpp"

#include <chrono>

#include <fmt/format.h>

#include "system/storage/file_facts.hpp"

namespace nanotune {
namespace {

constexpr std::chrono::seconds lock_patience{10};
constexpr std::string_view holder = "whoever takes back what nobody confirms";

/// Whether the apply is cut off, or waits for its confirmation.
bool is_undecided(const Ledger& ledger, std::uint64_t id) {
    if (ledger.open() != nullptr) {
        return id == any_awaiting || ledger.open()->id == id;
    }
    const Applied* active = ledger.active();
    return active != nullptr && (id == any_awaiting || active->id == id) && active->is_awaiting;
}

}  // namespace

Result<HeldJournal> HeldJournal::of(const StateFolder& folder) {
    NT_TRY(OpenFile file, OpenFile::open(folder.journal_path()));
    return HeldJournal(std::move(file));
}

Status HeldJournal::give_back(const StateFolder& folder, std::uint64_t id) const {
    const std::string path = folder.journal_path();
    const auto there = file_facts(path);
    if (there && there->inode == file_.inode()) {
        return {};
    }
    NT_TRY(const std::string bytes, file_.contents(journal_limit));
    if (!there) {
        NT_TRY(const Lock lock, folder.lock(holder, lock_patience));
        if (!file_facts(path)) {
            return replace_file(path, bytes);
        }
    }
    NT_TRY(const JournalView now, folder.view());
    const Ledger held = Ledger::of(record::parsed(bytes).records);
    if (now.ledger.last_id() >= held.last_id() || !is_undecided(held, id)) {
        return {};
    }
    const std::string aside = fmt::format(
        "{}.aside-{}", path, std::chrono::system_clock::now().time_since_epoch().count());
    NT_CHECK(replace_file(aside, bytes));
    return failure(ErrorCode::damaged,
                   fmt::format("journal {}: somebody removed it, and another one was begun since; "
                               "what was applied before stays as it is. What it was before that is "
                               "kept as {}",
                               path, aside));
}

Result<bool> keep_held(std::optional<HeldJournal>& held, const StateFolder& folder) {
    const bool is_gone = held && !file_facts(folder.journal_path());
    if (const Status back = held ? held->give_back(folder, any_awaiting) : Status(); !back) {
        if (back.error().code == ErrorCode::damaged) {
            held.reset();  // it is kept aside, once
        }
        return std::unexpected(back.error());
    }
    NT_TRY(held, HeldJournal::of(folder));
    return is_gone;
}

}  // namespace nanotune
