// A journal that is read again and again: only what is new of it is folded, and it comes to the
// same.
#include "engine/journal_memory.hpp"

#include <vector>

#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune;
using nanotune::test::held;

namespace {

const Target eth0 = Target::nic("eth0");

/// Applies, a rollback, one that is confirmed, and one that is open.
std::vector<record::Record> records() {
    std::vector<record::Record> all;
    const auto apply = [&all](std::uint64_t id, std::int64_t mtu, std::uint64_t confirm_by) {
        all.emplace_back(record::Begin{
            .id = id, .kind = "apply", .profile = "a", .started = "t", .confirm_by = confirm_by});
        all.emplace_back(record::Intent{"nic.mtu", eth0, mtu - 1, mtu});
        all.emplace_back(record::Held{"nic.mtu", eth0, mtu, mtu, "a.toml:1:1"});
    };
    apply(1, 1501, 0);
    all.emplace_back(record::End{.how = "committed"});
    apply(2, 1502, 0);
    all.emplace_back(record::End{.how = "committed"});
    all.emplace_back(record::Begin{.id = 3, .kind = "rollback", .undoes = 2});
    all.emplace_back(record::Left{"nic.mtu", eth0, std::int64_t{1}, std::int64_t{2}});
    all.emplace_back(record::End{.how = "finished"});
    apply(4, 1503, 99);
    all.emplace_back(record::End{.how = "committed", .confirm_by = 99});
    all.emplace_back(record::Confirmed{4});
    apply(5, 1504, 0);
    return all;
}

std::string journal(std::size_t synced, std::string_view body) {
    record::Header header{.identity = {.boot = "b", .network = 7}};
    header.synced = synced;
    return record::framed(header) + std::string(body);
}

void check_alike(const FoldedJournal& is, const FoldedJournal& should_be) {
    CHECK(is.header == should_be.header);
    CHECK(is.good_bytes == should_be.good_bytes);
    CHECK(is.head_bytes == should_be.head_bytes);
    CHECK(is.damage == should_be.damage);
    CHECK(is.is_torn_tail == should_be.is_torn_tail);
    CHECK(is.records == should_be.records);
    CHECK(is.ledger.compacted(16) == should_be.ledger.compacted(16));
    REQUIRE((is.ledger.open() == nullptr) == (should_be.ledger.open() == nullptr));
    if (is.ledger.open() != nullptr) {
        CHECK(is.ledger.open()->id == should_be.ledger.open()->id);
        CHECK(is.ledger.open()->touched.size() == should_be.ledger.open()->touched.size());
    }
}

/// As who reads it for the first time.
FoldedJournal anew(const std::string& bytes) {
    return JournalMemory().folded(bytes);
}

}  // namespace

TEST_CASE("a journal that grows record by record is folded as if it were read anew", "[journal]") {
    JournalMemory memory;
    std::string body;
    for (const record::Record& record : records()) {
        const std::string frame = record::framed(record);
        const std::string torn = journal(body.size(), body + frame.substr(0, frame.size() / 2));
        check_alike(memory.folded(torn), anew(torn));
        body += frame;
        const std::string whole = journal(body.size(), body);
        check_alike(memory.folded(whole), anew(whole));
        check_alike(memory.folded(whole), anew(whole));
    }
    CHECK(held(memory.folded(journal(1, body)).header).synced == 1);
}

TEST_CASE("a journal that was cut, damaged or written anew is not taken for the one before",
          "[journal]") {
    std::string body;
    std::vector<std::string> frames;
    for (const record::Record& record : records()) {
        frames.push_back(record::framed(record));
        body += frames.back();
    }
    const std::string whole = journal(body.size(), body);
    const std::size_t head = whole.size() - body.size();
    for (std::size_t byte = 0; byte < whole.size(); byte += 7) {
        JournalMemory memory;
        static_cast<void>(memory.folded(whole));
        std::string other = whole;
        other[byte] = static_cast<char>(other[byte] ^ 1);
        check_alike(memory.folded(other), anew(other));
        check_alike(memory.folded(whole.substr(0, byte)), anew(whole.substr(0, byte)));
        check_alike(memory.folded(whole), anew(whole));
    }
    JournalMemory memory;
    static_cast<void>(memory.folded(whole));
    const std::string shorter = whole.substr(0, head) + frames[0] + frames[3];
    check_alike(memory.folded(shorter), anew(shorter));
    check_alike(memory.folded(""), anew(""));
}

TEST_CASE("who changes a ledger that was read changes nobody else's", "[journal]") {
    std::string body;
    for (const record::Record& record : records()) {
        body += record::framed(record);
    }
    const std::string whole = journal(body.size(), body);
    JournalMemory memory;
    Ledger mine = memory.folded(whole).ledger;
    mine.follow({.of =
                     [](const Key& key, const Bearer&) {
                         return std::optional(
                             Followed{.key = {key.setting, Target::nic("eth1")}, .bearer = {}});
                     },
                 .stays = [](const Bearer&) { return false; }});
    mine.take(record::Begin{.id = 9, .kind = "rollback", .undoes = 0});
    mine.take(record::End{.how = "partial"});
    CHECK(mine.active()->held.begin()->first.target == Target::nic("eth1"));
    CHECK(mine.active()->is_half_undone);
    check_alike(memory.folded(whole), anew(whole));
}

TEST_CASE("a journal that was forgotten is folded as if it were read for the first time",
          "[journal]") {
    std::string body;
    for (const record::Record& record : records()) {
        body += record::framed(record);
    }
    const std::string whole = journal(body.size(), body);
    JournalMemory memory;
    const FoldedJournal first = memory.folded(whole);
    memory.forget();
    CHECK(first.bytes.use_count() == 1);  // nobody else's any more
    check_alike(memory.folded(whole), first);
}
