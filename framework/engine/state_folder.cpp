#include "engine/state_folder.hpp"

#include <fmt/format.h>

namespace nanotune {
namespace {

constexpr std::size_t journal_limit = 64UL << 20;
constexpr std::size_t compaction_size = 256UL << 10;
constexpr std::size_t applies_kept = 16;  // `rollback` can be repeated that often
constexpr std::size_t room_needed = 64UL << 10;

}  // namespace

Status Journal::append(const record::Record& record) {
    ledger_.take(record);
    if (observer_) {  // one write each, so that a test can stop between any two
        NT_CHECK(file_.append(record::framed(record)));
        observer_(++appended_);
        return {};
    }
    unwritten_ += record::framed(record);
    return {};
}

Status Journal::sync() {
    if (!unwritten_.empty()) {
        NT_CHECK(file_.append(unwritten_));
        unwritten_.clear();
    }
    return file_.sync();
}

Result<Lock> StateFolder::lock(std::string_view command, std::chrono::milliseconds patience) const {
    NT_CHECK(make_folder(folder_));
    return Lock::acquire(folder_ + "/lock", command, patience);
}

std::string StateFolder::journal_path() const {
    return fmt::format("{}/net-{}.journal", folder_, identity_.network);
}

Result<StateFolder::Contents> StateFolder::contents() const {
    auto bytes = read_file(journal_path(), journal_limit);
    if (!bytes && bytes.error().code == ErrorCode::not_found) {
        return Contents{};
    }
    if (!bytes) {
        return std::unexpected(std::move(bytes).error());
    }
    record::Parsed parsed = record::parsed(*bytes);
    Contents contents{.records = std::move(parsed.records),
                      .good_bytes = parsed.good_bytes,
                      .unusable = {},
                      .is_torn = parsed.is_torn_tail};
    const auto* header =
        contents.records.empty() ? nullptr : std::get_if<record::Header>(&contents.records.front());
    if (bytes->empty()) {
        contents.unusable = "it is empty, as nanotune never leaves it";
        return contents;
    }
    if (header == nullptr) {
        contents = {.records = {}, .good_bytes = 0, .unusable = "it has no readable header"};
    } else if (header->version != record::Header{}.version) {
        contents = {.records = {},
                    .good_bytes = 0,
                    .unusable = fmt::format("it has version {}", header->version)};
    } else if (header->identity.boot != identity_.boot) {
        contents = {.records = {},
                    .good_bytes = 0,
                    .unusable = "it is of another boot, whose settings are gone"};
    } else if (header->identity.network != identity_.network) {
        contents = {
            .records = {}, .good_bytes = 0, .unusable = "it is of another network namespace"};
    } else if (!parsed.damage.empty() && !parsed.is_torn_tail) {
        contents.unusable = parsed.damage;
    }
    return contents;
}

Result<JournalView> StateFolder::view() const {
    NT_TRY(const Contents found, contents());
    JournalView view{.ledger = Ledger::of(found.records), .notes = {}};
    if (!found.unusable.empty()) {
        view.notes.push_back(fmt::format("journal {}: {}; {}", journal_path(), found.unusable,
                                         found.records.empty()
                                             ? "it is not used, and the next apply sets it aside"
                                             : "what stands before that is used"));
    }
    return view;
}

Result<Journal> StateFolder::open(std::vector<std::string>& notes) const {
    NT_CHECK(make_folder(folder_));
    NT_CHECK(check_room(folder_, room_needed));
    NT_TRY(const Contents found, contents());
    Ledger ledger = Ledger::of(found.records);
    std::optional<std::uint64_t> keep;
    if (!found.unusable.empty()) {
        const std::string aside =
            fmt::format("{}.aside-{}", journal_path(),
                        std::chrono::system_clock::now().time_since_epoch().count());
        // A copy: until the journal is replaced, the old one is all that knows what to restore.
        NT_TRY(const std::string bytes, read_file(journal_path(), journal_limit));
        NT_CHECK(replace_file(aside, bytes));
        notes.push_back(
            fmt::format("journal {}: {}; set aside as {}", journal_path(), found.unusable, aside));
    }
    const bool is_rewritten = !found.unusable.empty() || found.records.empty() ||
                              (ledger.open() == nullptr && found.good_bytes > compaction_size);
    if (is_rewritten) {
        std::string bytes = record::framed(record::Header{.identity = identity_});
        if (ledger.open() == nullptr) {
            const auto compacted = ledger.compacted(applies_kept);
            for (const record::Record& record : compacted) {
                bytes += record::framed(record);
            }
            ledger = Ledger::of(compacted);
        } else {
            for (const record::Record& record : found.records) {
                if (!std::holds_alternative<record::Header>(record)) {
                    bytes += record::framed(record);
                }
            }
        }
        NT_CHECK(replace_file(journal_path(), bytes));
    } else if (found.is_torn) {
        keep = found.good_bytes;
    }
    NT_TRY(DurableFile file, DurableFile::open(journal_path(), keep));
    return Journal(std::move(file), std::move(ledger), observer_);
}

}  // namespace nanotune
