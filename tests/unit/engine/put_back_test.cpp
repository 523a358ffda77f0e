// Whose the value is that a host holds after rollbacks that were cut off: all that nanotune itself
// wrote is its own, and nothing else is.
#include <vector>

#include "recorded.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

/// As it is recorded of what was once eth0, and is lan0 now.
void follow_to_lan0(Ledger& ledger) {
    const Following to_lan0{
        .of = [](const Key& key, const Bearer& recorded) -> std::optional<Followed> {
            if (recorded.device->name == "lan0") {
                return std::nullopt;
            }
            return Followed{.key = key_of(key.setting, Target::nic("lan0"), device_named("lan0")),
                            .bearer = {.device = device_named("lan0"), .formerly = "eth0"}};
        },
        .stays = [](const Bearer& recorded) { return recorded.device->name == "lan0"; }};
    ledger.follow(to_lan0);
}

}  // namespace

TEST_CASE("a second rollback that is cut off forgets nothing of the first", "[ledger]") {
    Ledger ledger;
    apply(ledger, 1, {intent_for("nic.mtu", std::int64_t{1}, 2)});
    apply(ledger, 2, {intent_for("nic.mtu", std::int64_t{2}, 3)});
    begin_rollback(ledger, 3, 2);
    begin_rollback(ledger, 4, 1);
    ledger.take(record::End{"partial"});
    ledger = GENERATE(true, false) ? Ledger::of(ledger.compacted(1)) : ledger;
    const std::vector<Touched> undone = ledger.undoing_from(1);
    REQUIRE(undone.size() == 1);
    CHECK(undone[0].before == Value{std::int64_t{1}});
    CHECK(undone[0].has_put_back(std::int64_t{2}));
}

TEST_CASE("what a rollback of both names of a device put back is known by the one it has now",
          "[ledger]") {
    Ledger ledger;
    apply(ledger, 1, {intent_for("nic.mtu", std::int64_t{1}, 2)});
    apply(ledger, 2, {intent_for("nic.mtu", std::int64_t{2}, 3)});
    apply(ledger, 3, {intent_for("nic.mtu", std::int64_t{3}, 4, "lan0")}, 2);
    begin_rollback(ledger, 4, 2);
    ledger.take(record::End{"partial"});
    ledger = GENERATE(true, false) ? Ledger::of(ledger.compacted(3)) : ledger;
    follow_to_lan0(ledger);
    const std::vector<Touched> undone = ledger.undoing_from(1);
    REQUIRE(undone.size() == 1);
    CHECK(undone[0].before == Value{std::int64_t{1}});
    CHECK(undone[0].has_put_back(std::int64_t{2}));
}

TEST_CASE("merging applies takes the last name of a device for no later one", "[ledger]") {
    Ledger ledger;
    apply(ledger, 1, {intent_for("nic.mtu", std::int64_t{1}, 2)});
    apply(ledger, 2, {intent_for("nic.mtu", std::int64_t{2}, 3, "lan0")}, 1);
    apply(ledger, 3, {intent_for("nic.mtu", std::int64_t{3}, 4)}, 1);
    ledger = Ledger::of(ledger.compacted(16));
    follow_to_lan0(ledger);
    const std::vector<Touched> undone = ledger.undoing_from(1);
    REQUIRE(undone.size() == 1);
    CHECK(undone[0].before == Value{std::int64_t{1}});
    CHECK(undone[0].got == Value{std::int64_t{4}});
}

TEST_CASE("what was put back of a device that is away is known when it is back", "[ledger]") {
    Ledger ledger;
    apply(ledger, 1, {intent_for("nic.mtu", std::int64_t{1}, 2)});
    apply(ledger, 2, {intent_for("nic.mtu", std::int64_t{2}, 1)});
    begin_rollback(ledger, 3, 2);
    ledger.take(record::End{"partial"});
    ledger = GENERATE(true, false) ? Ledger::of(ledger.compacted(1)) : ledger;
    Touched left = ledger.undoing_from(1).front();
    CHECK(left.may_hold_ours());
    left.is_away = true;
    begin_rollback(ledger, 4, 1);
    ledger.take(left_record_of(left));
    for (const PutBack& one : left.put_back) {
        ledger.take(put_back_record_of(left, one.value));
    }
    ledger.take(record::End{"finished"});
    ledger = GENERATE(true, false) ? Ledger::of(ledger.compacted(1)) : ledger;
    REQUIRE(ledger.left().size() == 1);
    CHECK(ledger.left().front().is_away);
    CHECK(ledger.left().front().has_put_back(std::int64_t{2}));
    CHECK(ledger.left().front().may_hold_ours());
}

TEST_CASE("what was put back, and was to be set again by an apply that was cut off, is nanotune's",
          "[ledger]") {
    Ledger ledger;
    apply(ledger, 1, {intent_for("nic.mtu", std::int64_t{1}, 2)});
    apply(ledger, 2, {intent_for("nic.mtu", std::int64_t{2}, 3)});
    begin_rollback(ledger, 3, 2);
    ledger.take(record::End{"partial"});
    apply(ledger, 4, {intent_for("nic.mtu", std::int64_t{2}, 5)}, 0, "partial");
    ledger = GENERATE(true, false) ? Ledger::of(ledger.compacted(1)) : ledger;
    const std::vector<Touched> undone = ledger.undoing_from(1);
    REQUIRE(undone.size() == 1);
    CHECK(undone[0].before == Value{std::int64_t{1}});
    CHECK(is_taken_for_ours(undone[0], std::int64_t{2}));
    CHECK_FALSE(is_taken_for_ours(undone[0], std::int64_t{4}));
}
