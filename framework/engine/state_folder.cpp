#include "engine/state_folder.hpp"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "engine/host_status.hpp"
#include "system/storage/file_facts.hpp"
#include "system/storage/replace_keeping.hpp"

namespace nanotune {
namespace {

constexpr std::size_t journal_limit = 64UL << 20;
constexpr std::size_t compaction_size = 32UL << 10;  // below, reading it costs next to nothing
constexpr std::size_t applies_kept = 16;             // `rollback` can be repeated that often
constexpr std::size_t room_needed = 64UL << 10;

std::string framed_but_header(const std::vector<record::Record>& records) {
    std::string bytes;
    for (const record::Record& record : records) {
        if (!std::holds_alternative<record::Header>(record)) {
            bytes += record::framed(record);
        }
    }
    return bytes;
}

/// Why root cannot be sure that nobody else puts another file or folder in there; "" if it can.
std::string who_else_can_write(const FileFacts& facts) {
    constexpr unsigned others_write = 022;
    return facts.owner != 0 ? fmt::format("it belongs to user {}, not to root", facts.owner)
           : (facts.mode & others_write) != 0
               ? fmt::format("others than root can write it (mode {:o})", facts.mode)
               : std::string();
}

}  // namespace

/// Root undoes by what stands in the journal: nobody else may be able to put another in its place.
Status StateFolder::is_safely_placed() const {
    constexpr unsigned sticky = 01000;
    if (!is_root()) {
        return {};
    }
    for (const std::string& folder : folders_on_way(folder_)) {
        const auto facts = file_facts(folder);
        const std::string who = facts ? who_else_can_write(*facts) : std::string();
        const bool only_adds = facts && facts->owner == 0 && (facts->mode & sticky) != 0;
        if (!who.empty() && !only_adds) {
            return failure(ErrorCode::denied,
                           fmt::format("state folder {}: {}: {}, so that another folder can be put "
                                       "in its place; root goes by no such journal",
                                       folder_, folder, who));
        }
    }
    return {};
}

Status StateFolder::prepare() const {
    NT_CHECK(is_safely_placed());
    NT_CHECK(make_folder(folder_));
    return is_trusted();
}

/// The folder itself, which is there.
Status StateFolder::is_trusted() const {
    NT_TRY(const FileFacts facts, file_facts(folder_));
    const std::string who = is_root() ? who_else_can_write(facts) : std::string();
    if (!who.empty()) {
        return failure(ErrorCode::denied,
                       fmt::format("state folder {}: {}; what its journal says could be anybody's, "
                                   "and root goes by no such journal",
                                   folder_, who));
    }
    return {};
}

Result<Lock> StateFolder::lock(std::string_view command, std::chrono::milliseconds patience) const {
    NT_CHECK(prepare());
    return Lock::acquire(folder_ + "/lock", command, patience);
}

std::string StateFolder::journal_path() const {
    return fmt::format("{}/net-{}.journal", folder_, identity_.network);
}

Result<StateFolder::Contents> StateFolder::contents() const {
    const auto unusable = [](std::string why, bool is_lost) {
        return Contents{
            .records = {}, .unusable = std::move(why), .is_damaged = is_lost, .is_lost = is_lost};
    };
    // Reading from a pipe would wait for whoever writes to it.
    if (const auto facts = file_facts(journal_path()); facts && !facts->is_regular) {
        Contents contents = unusable("it is no file", true);
        contents.is_no_file = true;
        return contents;
    }
    auto bytes = read_file(journal_path(), journal_limit);
    if (!bytes && bytes.error().code == ErrorCode::not_found) {
        return Contents{};
    }
    if (!bytes) {
        return std::unexpected(std::move(bytes).error());
    }
    record::Parsed parsed = record::parsed(*bytes);
    const auto* header =
        parsed.records.empty() ? nullptr : std::get_if<record::Header>(&parsed.records.front());
    if (bytes->empty()) {
        return unusable("it is empty, as nanotune never leaves it", true);
    }
    if (header == nullptr) {
        return unusable("it has no readable header", true);
    }
    if (header->identity.boot != identity_.boot) {
        return unusable("it is of another boot, whose settings are gone", false);
    }
    if (header->identity.network != identity_.network) {
        return unusable("it is of another network namespace", false);
    }
    if (header->version != record::Header{}.version) {
        return unusable(fmt::format("it has version {}", header->version), true);
    }
    Contents contents{.records = {},
                      .good_bytes = parsed.good_bytes,
                      .head_bytes = parsed.head_bytes,
                      .is_torn = parsed.is_torn_tail};
    if (parsed.good_bytes < header->synced) {
        contents.unusable = parsed.is_torn_tail || parsed.damage.empty()
                                ? fmt::format("it is cut off: {} bytes are left of at least {}",
                                              bytes->size(), header->synced)
                                : parsed.damage;
        contents.is_lost = true;
    } else if (!parsed.damage.empty() && !parsed.is_torn_tail) {
        contents.unusable = parsed.damage;  // behind the last sync: no write has followed it
    }
    contents.is_damaged = !contents.unusable.empty();
    contents.records = std::move(parsed.records);
    return contents;
}

/// For who does not hold the lock: a writer is done within moments, damage stays. One that is at
/// work may have to wait for its turn.
Result<StateFolder::Contents> StateFolder::settled_contents() const {
    constexpr int moment = 20;
    auto found = contents();
    for (const int pause : {1, 4, moment, 100, 400}) {
        const bool is_settled = !found || !found->is_damaged;
        if (is_settled || (pause > moment && at_work().empty())) {
            break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(pause));
        found = contents();
    }
    return found;
}

/// Who holds the lock; "" for nobody.
std::string StateFolder::at_work() const {
    return Lock::holder(folder_ + "/lock").value_or(std::string());
}

Result<JournalView> StateFolder::view() const {
    NT_CHECK(is_safely_placed());
    if (file_facts(folder_)) {
        NT_CHECK(is_trusted());
    }
    NT_TRY(Contents found, settled_contents());
    JournalView view{.ledger = Ledger::of(found.records), .notes = {}};
    // Whoever was at work may have ended it since the journal was read.
    for (int look = 0; look < 2 && view.ledger.open() != nullptr && view.at_work.empty(); ++look) {
        if (look > 0) {
            NT_TRY(found, settled_contents());
            view.ledger = Ledger::of(found.records);
        }
        view.at_work = view.ledger.open() == nullptr ? std::string() : at_work();
    }
    if (!view.at_work.empty()) {
        view.notes.push_back(work_of(view.at_work));
    }
    for (const record::Lost& lost : view.ledger.lost()) {
        view.notes.push_back(loss_of(lost));
    }
    if (!found.unusable.empty()) {
        view.notes.push_back(fmt::format(
            "journal {}: {}; {}, and the next apply or rollback sets the file aside",
            journal_path(), found.unusable,
            found.records.empty() ? "nothing of it is used" : "what stands before that is used"));
    }
    if (found.is_lost) {
        view.ledger.take(
            record::Lost{.why = found.unusable, .kept_in = {}, .after = view.ledger.last_id()});
        view.notes.push_back(loss_of(view.ledger.lost().back()));
    }
    return view;
}

/// A copy: until the journal is replaced, the old one is all that knows what to restore.
Status StateFolder::put_aside(const Contents& found, const std::string& aside) const {
    if (found.is_no_file) {
        return {};  // it goes as the new one comes
    }
    NT_TRY(const std::string bytes, read_file(journal_path(), journal_limit));
    return replace_file(aside, bytes);
}

/// The journal's file, ready for appending; `ledger` becomes what it says then.
Result<DurableFile> StateFolder::file_for(const Contents& found, Ledger& ledger,
                                          std::vector<std::string>& notes) const {
    std::vector<record::Record> records = found.records;
    const std::string aside = fmt::format(
        "{}.aside-{}", journal_path(), std::chrono::system_clock::now().time_since_epoch().count());
    if (!found.unusable.empty()) {
        NT_CHECK(put_aside(found, aside));
        if (found.is_lost) {
            records.emplace_back(
                record::Lost{.why = found.unusable, .kept_in = aside, .after = ledger.last_id()});
            ledger = Ledger::of(records);
        }
    }
    // Its header is written again in place, which one of another version's length cannot be.
    const bool must_be_rewritten =
        !found.unusable.empty() || found.records.empty() ||
        found.head_bytes != record::framed(record::Header{.identity = identity_}).size();
    const bool may_shrink = ledger.open() == nullptr && found.good_bytes > compaction_size;
    const auto as_it_is = [&] {
        return DurableFile::open(journal_path(),
                                 found.is_torn ? std::optional(found.good_bytes) : std::nullopt);
    };
    if (!must_be_rewritten && !may_shrink) {
        return as_it_is();
    }
    if (ledger.open() == nullptr) {
        records = ledger.compacted(applies_kept);
    }
    const std::string bytes = framed_but_header(records);
    if (!must_be_rewritten && bytes.size() > found.good_bytes / 2) {
        return as_it_is();
    }
    ledger = Ledger::of(records);
    record::Header header{.identity = identity_};
    header.synced = record::framed(header).size() + bytes.size();
    const std::string whole = record::framed(header) + bytes;
    NT_CHECK(found.is_no_file ? replace_keeping(journal_path(), whole, aside)
                              : replace_file(journal_path(), whole));
    if (!found.unusable.empty()) {
        notes.push_back(
            fmt::format("journal {}: {}; set aside as {}", journal_path(), found.unusable, aside));
    }
    return DurableFile::open(journal_path());
}

/// Removes what processes that were killed were about to rename, or to measure the room with.
/// Nobody else has such a file: all who make one hold the lock.
void StateFolder::sweep() const {
    constexpr std::size_t random_letters = 6;
    const auto names = folder_names(folder_);
    for (const std::string& name : names ? *names : std::vector<std::string>{}) {
        const std::size_t dot = name.rfind('.');
        const bool is_scratch = dot != std::string::npos &&
                                name.size() - dot - 1 == random_letters &&
                                (name.starts_with("room.") || name.starts_with("net-") ||
                                 name.starts_with("plugins-seen."));
        const std::string_view whole = std::string_view(name).substr(0, is_scratch ? dot : 0);
        if (whole == "room" || whole == "plugins-seen" || whole.ends_with(".journal") ||
            whole.contains(".journal.aside-")) {
            static_cast<void>(remove_file(fmt::format("{}/{}", folder_, name)));
        }
    }
}

Result<Journal> StateFolder::open(std::vector<std::string>& notes, Opening opening) const {
    sweep();
    if (opening == Opening::apply) {
        NT_CHECK(check_room(folder_, room_needed));
    }
    NT_TRY(const Contents found, contents());
    Ledger ledger = Ledger::of(found.records);
    if (found.is_lost) {
        ledger.take(record::Lost{.why = found.unusable, .kept_in = {}, .after = ledger.last_id()});
    }
    auto file = file_for(found, ledger, notes);
    if (!file && opening == Opening::apply) {
        return std::unexpected(std::move(file).error());
    }
    return Journal(std::move(file), {.identity = identity_}, std::move(ledger), observer_);
}

}  // namespace nanotune
