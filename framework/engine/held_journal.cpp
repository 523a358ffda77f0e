#include "engine/held_journal.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "engine/record.hpp"
#include "system/storage/file_facts.hpp"

namespace nanotune {
namespace {

constexpr std::chrono::seconds lock_patience{10};
constexpr std::string_view holder = "whoever takes back what nobody confirms";

/// The transaction that is cut off, or the apply that waits for its confirmation; 0 where there is
/// none, or `id` is another one.
std::uint64_t undecided_in(const Ledger& ledger, std::uint64_t id) {
    const Applied* const active = ledger.active();
    const std::uint64_t found = ledger.open() != nullptr                   ? ledger.open()->id
                                : active != nullptr && active->is_awaiting ? active->id
                                                                           : 0;
    return id == any_awaiting || id == found ? found : 0;
}

/// Also where it has ended since. Numbers tell nothing: whatever begins later has a greater one.
Result<bool> knows(const std::string& journal, std::uint64_t transaction) {
    NT_TRY(const std::string bytes, read_file(journal, journal_limit));
    return std::ranges::any_of(record::parsed(bytes).records,
                               [transaction](const record::Record& record) {
                                   const auto* const begin = std::get_if<record::Begin>(&record);
                                   return begin != nullptr && begin->id == transaction;
                               });
}

std::unexpected<Error> put_aside(const std::string& journal, const std::string& bytes) {
    const std::string aside = fmt::format(
        "{}.aside-{}", journal, std::chrono::system_clock::now().time_since_epoch().count());
    if (Status kept = replace_file(aside, bytes); !kept) {
        return std::unexpected(std::move(kept).error());
    }
    return failure(ErrorCode::damaged,
                   fmt::format("journal {}: somebody removed it, and another one was begun since; "
                               "what was applied before stays as it is. What it was before that is "
                               "kept as {}",
                               journal, aside));
}

}  // namespace

Result<HeldJournal> HeldJournal::of(const StateFolder& folder) {
    NT_TRY(OpenFile file, OpenFile::open(folder.journal_path()));
    return HeldJournal(std::move(file));
}

bool HeldJournal::stands_in(const StateFolder& folder) const {
    const auto there = file_facts(folder.journal_path());
    return there && there->inode == file_.inode();
}

Result<bool> HeldJournal::give_back(const StateFolder& folder, std::uint64_t id) const {
    if (stands_in(folder)) {
        return false;
    }
    const std::string path = folder.journal_path();
    NT_TRY(const std::string bytes, file_.contents(journal_limit));
    const Ledger ledger = Ledger::of(record::parsed(bytes).records);
    const std::uint64_t undecided = undecided_in(ledger, id);
    if (undecided == 0 && (file_facts(path) || ledger.is_blank())) {
        return false;
    }
    NT_TRY(const Lock lock, folder.lock(holder, lock_patience));
    if (file_facts(path)) {
        NT_TRY(const JournalView now, folder.view());
        NT_TRY(const bool is_known, knows(path, undecided));
        if (undecided == 0 || is_known) {
            return false;
        }
        if (!now.ledger.is_blank()) {
            return put_aside(path, bytes);
        }
    }
    NT_CHECK(replace_file(path, bytes));
    return true;
}

bool HeldJournal::is_undecided() const {
    const auto bytes = file_.contents(journal_limit);
    return !bytes || undecided_in(Ledger::of(record::parsed(*bytes).records), any_awaiting) != 0;
}

Result<bool> keep_held(std::optional<HeldJournal>& held, const StateFolder& folder,
                       bool is_awaiting) {
    const Result<bool> back = held ? held->give_back(folder, any_awaiting) : false;
    if (!back) {
        if (back.error().code == ErrorCode::damaged) {
            held.reset();  // it is kept aside, once
        }
        return back;
    }
    if (!is_awaiting && !(held && held->is_undecided())) {
        held.reset();
    } else if (!held || !held->stands_in(folder)) {
        auto now = HeldJournal::of(folder);
        if (!now && !held) {
            return std::unexpected(std::move(now).error());
        }
        if (now) {  // else what is held is as good
            held = *std::move(now);
        }
    }
    return back;
}

}  // namespace nanotune
