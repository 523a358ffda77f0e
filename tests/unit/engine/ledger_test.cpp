// Folding the journal: what can be undone, what is in force, what was cut off.
#include "engine/ledger.hpp"

#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune;

namespace {

const Key mtu{"nic.mtu", Target::nic("eth0")};
const Key rmem{"sysctl.net.core.rmem_max", Target::host()};

record::Record begin(std::uint64_t id, std::string profile, std::uint64_t confirm_by = 0) {
    return record::Begin{.id = id,
                         .kind = "apply",
                         .undoes = 0,
                         .profile = std::move(profile),
                         .profile_hash = "h",
                         .started = "t",
                         .confirm_by = confirm_by};
}

record::Record intent(const Key& key, std::int64_t before, std::int64_t wanted) {
    return record::Intent{key.setting, key.target, before, wanted};
}

record::Record held(const Key& key, std::int64_t wanted, std::int64_t got) {
    return record::Held{key.setting, key.target, wanted, got, "x.toml:1:1"};
}

record::Record end(std::string how) {
    return record::End{std::move(how)};
}

Ledger ledger_of(std::vector<record::Record> records) {
    return Ledger::of(records);
}

}  // namespace

TEST_CASE("a committed apply is the active profile", "[ledger]") {
    const Ledger ledger = ledger_of(
        {begin(1, "a"), intent(mtu, 1500, 9000), held(mtu, 9000, 9000), end("committed")});
    REQUIRE(ledger.active() != nullptr);
    CHECK(ledger.active()->profile == "a");
    CHECK(ledger.active()->held.at(mtu).got == Value{std::int64_t{9000}});
    CHECK(ledger.open() == nullptr);
}

TEST_CASE("an apply without an end is open, and its intents can be undone", "[ledger]") {
    const Ledger ledger = ledger_of({begin(1, "a"), intent(mtu, 1500, 9000)});
    REQUIRE(ledger.open() != nullptr);
    CHECK(ledger.active() == nullptr);
    const auto undoing = ledger.undoing_from(1);
    REQUIRE(undoing.size() == 1);
    CHECK(undoing[0].before == Value{std::int64_t{1500}});
    CHECK_FALSE(undoing[0].got.has_value());
}

TEST_CASE("an undone apply leaves no trace", "[ledger]") {
    const Ledger ledger = ledger_of({begin(1, "a"), intent(mtu, 1500, 9000), end("undone")});
    CHECK(ledger.applied().empty());
    CHECK(ledger.active() == nullptr);
}

TEST_CASE("an apply that could not be restored can be undone but is not the active profile",
          "[ledger]") {
    const Ledger ledger = ledger_of(
        {begin(1, "a"), end("committed"), begin(2, "b"), intent(mtu, 1500, 9000), end("partial")});
    CHECK(ledger.active()->profile == "a");
    CHECK(ledger.applied().size() == 2);
}

TEST_CASE("undoing two applies restores the value from before the first", "[ledger]") {
    const Ledger ledger = ledger_of({begin(1, "a"), intent(mtu, 1500, 4000), held(mtu, 4000, 4000),
                                     end("committed"), begin(2, "b"), intent(mtu, 4000, 9000),
                                     intent(rmem, 1, 2), held(mtu, 9000, 8996), end("committed")});
    const auto undoing = ledger.undoing_from(1);
    REQUIRE(undoing.size() == 2);
    CHECK(undoing[0].key == mtu);
    CHECK(undoing[0].before == Value{std::int64_t{1500}});
    CHECK(undoing[0].got == Value{std::int64_t{8996}});
    CHECK(undoing[1].key == rmem);
    const auto one = ledger.undoing(mtu);
    REQUIRE(one);
    CHECK(test::held(one).before == undoing[0].before);
    CHECK(test::held(one).got == undoing[0].got);
    REQUIRE(ledger.baseline_of(mtu) != nullptr);
    CHECK(*ledger.baseline_of(mtu) == undoing[0].before);
}

TEST_CASE("of what nobody touched nothing is undone, nor of what a rollback is at", "[ledger]") {
    const Ledger ledger =
        ledger_of({begin(1, "a"), intent(mtu, 1500, 9000), end("committed"),
                   record::Begin{.id = 2, .kind = "rollback", .undoes = 1}, intent(rmem, 2, 1)});
    CHECK(ledger.baseline_of(mtu) != nullptr);
    CHECK_FALSE(ledger.undoing(rmem));
    CHECK(ledger.baseline_of(rmem) == nullptr);
}

TEST_CASE("within a transaction the first value from before counts", "[ledger]") {
    const Ledger ledger = ledger_of({begin(1, "a"), intent(mtu, 1500, 4000), intent(mtu, 0, 9000)});
    CHECK(ledger.undoing_from(0).at(0).before == Value{std::int64_t{1500}});
}

TEST_CASE("a finished rollback takes its applies away, an interrupted one does not", "[ledger]") {
    std::vector<record::Record> records = {begin(1, "a"), intent(mtu, 1500, 9000), end("committed"),
                                           record::Begin{.id = 2, .kind = "rollback", .undoes = 1}};
    CHECK(Ledger::of(records).applied().size() == 1);
    CHECK(Ledger::of(records).open_kind() == "rollback");
    CHECK(Ledger::of(records).open_undoes() == 1);
    records.push_back(end("finished"));
    CHECK(Ledger::of(records).applied().empty());
}

TEST_CASE("an apply awaits confirmation until it is confirmed", "[ledger]") {
    std::vector<record::Record> records = {begin(1, "a", 1234), end("committed")};
    CHECK(Ledger::of(records).active()->is_awaiting);
    records.emplace_back(record::Confirmed{1});
    CHECK_FALSE(Ledger::of(records).active()->is_awaiting);
}

TEST_CASE("a compacted ledger undoes the same and keeps the active profile", "[ledger]") {
    std::vector<record::Record> records;
    for (std::int64_t i = 1; i <= 40; ++i) {
        records.push_back(begin(static_cast<std::uint64_t>(i), i % 2 == 0 ? "a" : "b"));
        records.push_back(intent(mtu, 1500 + i - 1, 1500 + i));
        records.push_back(held(mtu, 1500 + i, 1500 + i));
        records.push_back(end("committed"));
    }
    const Ledger whole = Ledger::of(records);
    const Ledger small = Ledger::of(whole.compacted(16));
    CHECK(small.applied().size() == 16);
    CHECK(whole.least_compacted(16) == 32);  // of each its intent, and what is held
    CHECK(whole.least_compacted(16) <= whole.compacted(16).size());
    CHECK(small.active()->profile == whole.active()->profile);
    CHECK(small.next_id({}) == whole.next_id({}));
    CHECK(small.undoing_from(0).at(0).before == Value{std::int64_t{1500}});
    CHECK(small.undoing_from(40).at(0).before == Value{std::int64_t{1539}});
}

TEST_CASE("applies that one rollback undoes are one in a compacted ledger, and what ended is gone",
          "[ledger]") {
    const Key thread{"process.thread.cpus", {"thread", "812/813:5"}};
    std::vector<record::Record> records = {
        begin(1, "a"), intent(rmem, 1, 2),      held(rmem, 2, 2),      end("committed"),
        begin(2, "b"), intent(mtu, 1500, 9000), held(mtu, 9000, 9000), end("committed")};
    for (std::uint64_t id = 3; id < 60; ++id) {
        records.emplace_back(record::Begin{.id = id, .kind = "apply", .undoes = 2, .profile = "b"});
        records.push_back(intent(thread, 1, 2));
        records.push_back(held(mtu, 9000, 9000));
        records.push_back(held(thread, 2, 2));
        records.push_back(end("committed"));
    }
    const Ledger whole = Ledger::of(records);
    CHECK(whole.applies() == 2);
    const bool is_there = GENERATE(true, false);
    const auto has_ended = [&](const Target& target) {
        return target == thread.target && !is_there;
    };
    const Ended ended{.target = has_ended};
    const Ledger small = Ledger::of(whole.compacted(16, ended));
    CHECK(whole.least_compacted(16) <= whole.compacted(16, ended).size());
    CHECK(whole.least_compacted(100) <= whole.compacted(100, ended).size());
    CHECK(small.applied().size() == 2);
    CHECK(small.applies() == 2);
    CHECK(small.last(false) == small.active()->id);
    CHECK(small.active()->profile == "b");
    CHECK(small.active()->held.size() == (is_there ? 2U : 1U));
    CHECK(small.undoing_from(small.last(false)).size() == (is_there ? 2U : 1U));
    CHECK(small.undoing_from(0).size() == (is_there ? 3U : 2U));
    CHECK(Ledger::of(whole.compacted(1)).applies() == 1);
}

TEST_CASE("a compacted ledger keeps what an apply was started with, and until when it waits",
          "[ledger]") {
    std::vector<record::Record> records;
    for (std::uint64_t id = 1; id <= 4; ++id) {
        records.emplace_back(record::Begin{.id = id,
                                           .kind = "apply",
                                           .profile = "a",
                                           .profile_hash = "h",
                                           .started = "t",
                                           .confirm_by = 50,
                                           .confirm_by_boot = 40,
                                           .overrides = {"pages=" + std::to_string(id), "feeds="}});
        records.push_back(intent(mtu, 1500, 9000));
        records.emplace_back(
            record::End{.how = "committed", .confirm_by = 99, .confirm_by_boot = 77});
        if (id < 4) {
            records.emplace_back(record::Confirmed{id});
        }
    }
    const std::size_t most = GENERATE(1U, 2U, 16U);
    const Ledger ledger = Ledger::of(Ledger::of(records).compacted(most));
    REQUIRE(ledger.active() != nullptr);
    const Applied& active = *ledger.active();
    CHECK(active.id == 4);
    CHECK(active.overrides == std::vector<std::string>{"pages=4", "feeds="});
    CHECK(active.profile_hash == "h");
    CHECK(active.started == "t");
    CHECK(active.confirm_by == 99);
    CHECK(active.confirm_by_boot == 77);
    CHECK(active.is_awaiting);
}

TEST_CASE("a compacted ledger knows which applies an unfinished rollback has begun to undo",
          "[ledger]") {
    const Ledger whole =
        ledger_of({begin(1, "a"), intent(mtu, 1500, 9000), end("committed"), begin(2, "b"),
                   intent(rmem, 1, 2), end("committed"),
                   record::Begin{.id = 3, .kind = "rollback", .undoes = 2}, end("partial"),
                   begin(4, "c", 99), intent(rmem, 2, 3), end("committed")});
    const Ledger small = Ledger::of(whole.compacted(16));
    REQUIRE(small.applied().size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        const Applied& was = whole.applied()[i];
        const Applied& is = small.applied()[i];
        CHECK(is.is_half_undone == was.is_half_undone);
        CHECK(is.is_degraded == was.is_degraded);
        CHECK(is.is_awaiting == was.is_awaiting);
        CHECK(is.touched[0].got == was.touched[0].got);
    }
    CHECK(small.applied()[1]->is_half_undone);
    CHECK(Ledger::of(small.compacted(16)).applied()[1]->is_half_undone);
    CHECK(small.next_id({}) == whole.next_id({}));
    CHECK(Ledger::of(whole.compacted(2)).applied()[0]->is_half_undone);
}

TEST_CASE("records outside of a transaction change nothing", "[ledger]") {
    const Ledger ledger = ledger_of({intent(mtu, 1, 2), held(mtu, 2, 2), end("committed")});
    CHECK(ledger.applied().empty());
    CHECK(ledger.open() == nullptr);
}

TEST_CASE("what a rollback left outlives it, and compaction", "[ledger]") {
    std::vector<record::Record> records = {begin(1, "a"),
                                           intent(mtu, 1500, 9000),
                                           intent(rmem, 1, 2),
                                           end("committed"),
                                           record::Begin{.id = 2, .kind = "rollback", .undoes = 1},
                                           record::Left{mtu.setting, mtu.target, std::int64_t{1500},
                                                        std::int64_t{9000}, std::int64_t{8996}},
                                           end("finished")};
    for (std::uint64_t id = 3; id < 30; ++id) {
        records.push_back(begin(id, "b"));
        records.push_back(intent(rmem, 1, 2));
        records.push_back(end("committed"));
    }
    const Ledger whole = Ledger::of(records);
    CHECK(whole.applies() == 27);
    REQUIRE(whole.left().size() == 1);
    CHECK(whole.left()[0].before == Value{std::int64_t{1500}});
    CHECK(whole.left()[0].got == Value{std::int64_t{8996}});
    const Ledger same = Ledger::of(whole.compacted(100));
    CHECK(same.left().size() == 1);
    CHECK(same.applies() == 27);
    const Ledger small = Ledger::of(whole.compacted(4));
    CHECK(small.active()->profile == "b");
    CHECK(small.undoing_from(0).at(0).before == Value{std::int64_t{1500}});
}

TEST_CASE("two devices that had one name after the other are two", "[ledger]") {
    const auto left = [](unsigned index, std::int64_t before) {
        return record::Left{.setting = mtu.setting,
                            .target = mtu.target,
                            .before = before,
                            .wanted = std::int64_t{9000},
                            .got = std::int64_t{9000},
                            .device = DeviceIdentity{.name = "eth0", .index = index},
                            .is_away = true};
    };
    std::vector<record::Record> records;
    for (const unsigned index : {2U, 3U}) {
        const std::uint64_t id = std::uint64_t{10} * index;
        records.push_back(begin(id, "a"));
        records.push_back(end("committed"));
        records.emplace_back(record::Begin{.id = id + 1, .kind = "rollback", .undoes = id});
        records.emplace_back(left(index, 1500 + index));
        records.push_back(end("finished"));
    }
    for (const Ledger& ledger :
         {Ledger::of(records), Ledger::of(Ledger::of(records).compacted(1))}) {
        REQUIRE(ledger.left().size() == 2);
        CHECK(ledger.left()[0].before == Value{std::int64_t{1502}});
        CHECK(ledger.left()[1].before == Value{std::int64_t{1503}});
        CHECK(ledger.has_left_away());
    }
}
