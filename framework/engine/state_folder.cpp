#include "engine/state_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <thread>

#include <fmt/format.h>

#include "engine/host_status.hpp"
#include "engine/trust.hpp"
#include "system/storage/file_facts.hpp"
#include "system/storage/replace_keeping.hpp"
#include "system/storage/residence.hpp"

namespace nanotune {
namespace {

constexpr std::size_t compaction_size = 32UL << 10;  // below, reading it costs next to nothing
constexpr std::size_t applies_kept = 16;             // `rollback` can be repeated that often
constexpr std::size_t room_needed = 64UL << 10;

std::string framed(const std::vector<record::Record>& records) {
    std::string bytes;
    for (const record::Record& record : records) {
        record::append_framed(bytes, record);
    }
    return bytes;
}

/// Whether process numbers are those of the whole host, and not of a container's.
bool sees_all_processes() {
    constexpr std::uint64_t first_namespace = 0xEFFFFFFC;  // PROC_PID_INIT_INO
    const auto own = file_facts("/proc/self/ns/pid");
    return own && own->inode == first_namespace;
}

/// "812:5678" is a process, "812/813:5678" one of its threads. Where its number is another's by now
/// it counts as there.
bool is_no_more(const Target& target) {
    const std::string number = target.name.substr(0, target.name.find(':'));
    const std::string process = number.substr(0, number.find('/'));
    const std::string thread = number.substr(std::min(process.size() + 1, number.size()));
    if (target.kind == "process") {
        return !process.empty() && !file_facts(fmt::format("/proc/{}", process));
    }
    return target.kind == "thread" && !thread.empty() &&
           !file_facts(fmt::format("/proc/{}/task/{}", process, thread));
}

/// What the kernel says does not tell whose it is.
Error with_owner(Error error, const std::string& folder) {
    const auto facts = file_facts(folder);
    if (error.kernel_errno == EACCES && facts) {
        error.message += facts->owner == 0
                             ? fmt::format("; {} is root's", folder)
                             : fmt::format("; {} is of user {}", folder, facts->owner);
    }
    return error;
}

}  // namespace

Status StateFolder::prepare() const {
    NT_TRY(const bool is_there, trusted_folder(folder_));
    if (is_there) {
        return {};
    }
    NT_CHECK(make_folder(folder_));
    NT_CHECK(trusted_folder(folder_));
    return {};
}

Result<Lock> StateFolder::lock(std::string_view command, std::chrono::milliseconds patience) const {
    NT_CHECK(prepare());
    auto lock = Lock::acquire(folder_ + "/lock", command, patience);
    if (!lock) {
        return std::unexpected(with_owner(std::move(lock).error(), folder_));
    }
    return lock;
}

std::string StateFolder::journal_path() const {
    return fmt::format("{}/net-{}.journal", folder_, identity_.network);
}

/// For who does not hold the lock: a writer is done within moments, damage stays. One that is at
/// work may have to wait for its turn.
Result<JournalContents> StateFolder::settled_contents() const {
    constexpr int moment = 20;
    auto found = journal_contents(journal_path(), identity_, *memory_);
    for (const int pause : {1, 4, moment, 100, 400}) {
        const bool is_settled = !found || !found->is_damaged;
        if (is_settled || (pause > moment && at_work().empty())) {
            break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(pause));
        found = journal_contents(journal_path(), identity_, *memory_);
    }
    if (!found) {
        return std::unexpected(with_owner(std::move(found).error(), folder_));
    }
    return found;
}

/// Who holds the lock; "" for nobody.
std::string StateFolder::at_work() const {
    return Lock::holder(folder_ + "/lock").value_or(std::string());
}

Result<JournalView> StateFolder::view() const {
    NT_CHECK(trusted_folder(folder_));
    NT_TRY(JournalContents found, settled_contents());
    JournalView view{.ledger = found.ledger, .notes = {}};
    // Whoever was at work may have ended it since the journal was read.
    for (int look = 0; look < 2 && view.ledger.open() != nullptr && view.at_work.empty(); ++look) {
        if (look > 0) {
            NT_TRY(found, settled_contents());
            view.ledger = found.ledger;
        }
        view.at_work = view.ledger.open() == nullptr ? std::string() : at_work();
    }
    if (view.ledger.active() != nullptr && view.ledger.active()->is_awaiting) {
        view.at_work = passing_resident(folder_).value_or(view.at_work);
    }
    if (!view.at_work.empty()) {
        view.notes.push_back(work_of(view.at_work));
    }
    for (const record::Lost& lost : view.ledger.lost()) {
        view.notes.push_back(loss_of(lost));
    }
    if (!found.unusable.empty()) {
        view.notes.push_back(fmt::format(
            "journal {}: {}; {}{}, and the next apply or rollback sets the file aside",
            journal_path(), found.unusable,
            found.is_lost ? "what it held behind that is lost and cannot be restored, " : "",
            found.has_records() ? "what stands before that is used" : "nothing of it is used"));
    }
    if (found.is_lost) {
        view.ledger.take(
            record::Lost{.why = found.unusable, .kept_in = {}, .after = view.ledger.last_id()});
    }
    return view;
}

/// A copy: until the journal is replaced, the old one is all that knows what to restore.
Status StateFolder::put_aside(const JournalContents& found, const std::string& aside) const {
    if (found.goes_aside_whole) {
        return {};  // it goes as the new one comes
    }
    NT_TRY(const std::string bytes, read_file(journal_path(), journal_limit));
    return replace_file(aside, bytes);
}

/// The journal's file, ready for appending; `ledger` becomes what it says then.
Result<DurableFile> StateFolder::file_for(const JournalContents& found, Ledger& ledger,
                                          std::vector<std::string>& notes) const {
    std::string body(found.body());
    const std::string aside = fmt::format(
        "{}.aside-{}", journal_path(), std::chrono::system_clock::now().time_since_epoch().count());
    if (!found.unusable.empty()) {
        NT_CHECK(put_aside(found, aside));
        if (found.is_lost) {
            const record::Record lost = record::Lost{
                .why = found.unusable, .kept_in = aside, .after = found.ledger.last_id()};
            ledger = found.ledger;
            record::append_framed(body, lost);
            ledger.take(record::Record(lost));
        }
    }
    // Its header is written again in place, which one of another version's length cannot be.
    const bool must_be_rewritten =
        !found.unusable.empty() || !found.has_records() ||
        found.head_bytes != record::framed(record::Header{.identity = identity_}).size();
    // A guard holds the file in which a confirmation would be.
    const bool is_awaiting = ledger.active() != nullptr && ledger.active()->is_awaiting;
    const bool may_shrink = ledger.open() == nullptr && !is_awaiting &&
                            found.good_bytes > compaction_size &&
                            ledger.least_compacted(applies_kept, is_removed_) <= found.records / 2;
    const auto as_it_is = [&] {
        return DurableFile::open(journal_path(),
                                 found.is_torn ? std::optional(found.good_bytes) : std::nullopt);
    };
    if (!must_be_rewritten && !may_shrink) {
        return as_it_is();
    }
    if (ledger.open() == nullptr) {
        std::vector<record::Record> records = ledger.compacted(
            applies_kept,
            {.target = sees_all_processes() ? is_no_more : std::function<bool(const Target&)>(),
             .device = is_removed_});
        body = framed(records);
        if (!must_be_rewritten && body.size() > found.good_bytes / 2) {
            return as_it_is();
        }
        ledger = Ledger::of(std::move(records));
    }
    record::Header header{.identity = identity_};
    header.synced = record::framed(header).size() + body.size();
    const std::string whole = record::framed(header) + body;
    NT_CHECK(found.goes_aside_whole ? replace_keeping(journal_path(), whole, aside)
                                    : replace_file(journal_path(), whole));
    if (!found.unusable.empty()) {
        notes.push_back(found.is_lost ? loss_of(ledger.lost().back())
                                      : fmt::format("journal {}: {}; set aside as {}",
                                                    journal_path(), found.unusable, aside));
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
    NT_TRY(const JournalContents found, journal_contents(journal_path(), identity_, *memory_));
    Ledger ledger = found.ledger;
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
