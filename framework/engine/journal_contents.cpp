#include "engine/journal_contents.hpp"

#include <fmt/format.h>

#include "engine/trust.hpp"
#include "system/storage/file_facts.hpp"

namespace nanotune {

Result<JournalContents> journal_contents(const std::string& path, const Identity& identity,
                                         JournalMemory& memory) {
    const auto unusable = [](std::string why, bool is_lost) {
        return JournalContents{
            .unusable = std::move(why), .is_damaged = is_lost, .is_lost = is_lost};
    };
    NT_CHECK(trusted_journal(path));
    // Reading from a pipe would wait for whoever writes to it.
    const auto facts = file_facts(path);
    if (facts && !facts->is_regular) {
        JournalContents contents = unusable("it is no file", true);
        contents.goes_aside_whole = true;
        return contents;
    }
    if (facts && facts->size > journal_limit) {
        JournalContents contents = unusable(
            fmt::format("it has {} MiB, more than nanotune writes", facts->size >> 20U), true);
        contents.goes_aside_whole = true;
        return contents;
    }
    auto bytes = read_file(path, journal_limit);
    if (!bytes && bytes.error().code == ErrorCode::not_found) {
        return JournalContents{};
    }
    if (!bytes) {
        return std::unexpected(std::move(bytes).error());
    }
    if (bytes->empty()) {
        return unusable("it is empty, as nanotune never leaves it", true);
    }
    FoldedJournal folded = memory.folded(*std::move(bytes));
    const auto& header = folded.header;
    if (!header) {
        return unusable("it has no readable header", true);
    }
    if (header->identity.boot != identity.boot) {
        return unusable("it is of another boot, whose settings are gone", false);
    }
    if (header->identity.network != identity.network) {
        return unusable("it is of another network namespace", false);
    }
    if (header->version != record::Header{}.version) {
        return unusable(fmt::format("it has version {}", header->version), true);
    }
    JournalContents contents{.ledger = std::move(folded.ledger),
                             .records = folded.records,
                             .bytes = folded.bytes,
                             .good_bytes = folded.good_bytes,
                             .head_bytes = folded.head_bytes,
                             .is_torn = folded.is_torn_tail};
    if (folded.good_bytes < header->synced) {
        contents.unusable = folded.is_torn_tail || folded.damage.empty()
                                ? fmt::format("it is cut off: {} bytes are left of at least {}",
                                              folded.bytes->size(), header->synced)
                                : folded.damage;
        contents.is_lost = true;
    } else if (!folded.damage.empty() && !folded.is_torn_tail) {
        contents.unusable = folded.damage;  // behind the last sync: no write has followed it
    }
    contents.is_damaged = !contents.unusable.empty();
    return contents;
}

}  // namespace nanotune
