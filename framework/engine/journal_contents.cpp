#include "engine/journal_contents.hpp"

#include <fmt/format.h>

#include "engine/trust.hpp"
#include "system/storage/file_facts.hpp"

namespace nanotune {

Result<JournalContents> journal_contents(const std::string& path, const Identity& identity) {
    const auto unusable = [](std::string why, bool is_lost) {
        return JournalContents{
            .records = {}, .unusable = std::move(why), .is_damaged = is_lost, .is_lost = is_lost};
    };
    NT_CHECK(trusted_journal(path));
    // Reading from a pipe would wait for whoever writes to it.
    if (const auto facts = file_facts(path); facts && !facts->is_regular) {
        JournalContents contents = unusable("it is no file", true);
        contents.goes_aside_whole = true;
        return contents;
    } else if (facts && facts->size > journal_limit) {
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
    record::Parsed parsed = record::parsed(*bytes);
    const auto* header =
        parsed.records.empty() ? nullptr : std::get_if<record::Header>(&parsed.records.front());
    if (bytes->empty()) {
        return unusable("it is empty, as nanotune never leaves it", true);
    }
    if (header == nullptr) {
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
    JournalContents contents{.records = {},
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

}  // namespace nanotune
