#include "engine/journal_memory.hpp"

#include <string_view>
#include <utility>

#include "engine/frame.hpp"

namespace nanotune {

namespace {

/// Whether all that was good of `last` stands in these bytes, too, behind a header of that size.
bool goes_on(const FoldedJournal& last, std::string_view bytes) {
    const std::size_t head = last.head_bytes;
    const std::size_t good = last.good_bytes;
    return last.header && bytes.size() >= good && first_frame(bytes).size == head &&
           bytes.substr(head, good - head) ==
               std::string_view(*last.bytes).substr(head, good - head);
}

void fold(FoldedJournal& journal, record::Parsed parsed) {
    for (record::Record& record : parsed.records) {
        journal.ledger.take(std::move(record));
    }
    journal.records += parsed.records.size();
    journal.good_bytes = parsed.good_bytes;
    journal.damage = std::move(parsed.damage);
    journal.is_torn_tail = parsed.is_torn_tail;
}

std::optional<record::Header> header_of(std::string_view head) {
    const record::Parsed parsed = record::parsed(head);
    const auto* header =
        parsed.records.empty() ? nullptr : std::get_if<record::Header>(&parsed.records.front());
    return header == nullptr ? std::nullopt : std::optional(*header);
}

}  // namespace

FoldedJournal JournalMemory::folded(std::string bytes) {
    const std::scoped_lock lock(mutex_);
    FoldedJournal journal;
    if (goes_on(last_, bytes)) {
        journal = last_;
        journal.header = header_of(std::string_view(bytes).substr(0, journal.head_bytes));
        fold(journal, record::parsed(bytes, journal.good_bytes));
    } else {
        record::Parsed parsed = record::parsed(bytes);
        journal.head_bytes = parsed.head_bytes;
        journal.header = header_of(std::string_view(bytes).substr(0, parsed.head_bytes));
        fold(journal, std::move(parsed));
    }
    journal.bytes = std::make_shared<const std::string>(std::move(bytes));
    last_ = journal;
    return journal;
}

void JournalMemory::forget() {
    const std::scoped_lock lock(mutex_);
    last_ = {};
}

}  // namespace nanotune
