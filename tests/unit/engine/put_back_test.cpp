// Whose the value is that a host holds after rollbacks that were cut off: all that nanotune itself
// wrote is its own, and nothing else is.
#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "engine/following.hpp"
#include "engine/ledger.hpp"
#include "support/catch.hpp"

using namespace nanotune;

namespace {

constexpr std::string_view three[] = {"nic.mtu", "nic.txqueuelen", "nic.ring.rx"};

DeviceIdentity device_named(const std::string& name) {
    return {.name = name, .index = 5, .kind = "veth"};
}

record::Intent intent_for(std::string_view setting, const Value& before, std::int64_t wanted,
                          const std::string& device = "eth0") {
    return {.setting = std::string(setting),
            .target = Target::nic(device),
            .before = before,
            .wanted = wanted,
            .device = device_named(device)};
}

void apply(Ledger& ledger, std::uint64_t id, const std::vector<record::Intent>& intents,
           std::uint64_t continues = 0) {
    ledger.take(record::Begin{.id = id, .kind = "apply", .undoes = continues, .profile = "given"});
    for (const record::Intent& intent : intents) {
        ledger.take(intent);
    }
    ledger.take(record::End{"committed"});
}

void begin_rollback(Ledger& ledger, std::uint64_t id, std::uint64_t oldest) {
    ledger.take(record::Begin{.id = id, .kind = "rollback", .undoes = oldest});
}

/// As Undo has it without consent to anything else.
bool is_taken_for_ours(const Touched& touched, const Value& found) {
    return found == touched.before || found == touched.wanted || found == touched.got ||
           touched.has_put_back(found);
}

/// A host, what somebody else does to it, and what nanotune does and records of it.
class DrawnHost {
  public:
    explicit DrawnHost(unsigned seed) : draw_(seed) {
        for (const std::string_view setting : three) {
            cells_[setting] = {.value = foreign_++, .is_ours = false, .touches = {}};
        }
    }

    void step() {
        switch (one_of(8)) {
            case 0: {
                Cell& cell = cells_[three[one_of(3)]];
                cell.value = foreign_++;
                cell.is_ours = false;
                break;
            }
            case 1:
                ledger_ = Ledger::of(ledger_.compacted(2 + one_of(6)));
                break;
            case 2:
            case 3:
            case 4:
                apply_some();
                break;
            default:
                roll_back(one_of(3) == 0);
        }
    }

    /// What a rollback of the applies from there on would take for the wrong one's; "" for nothing.
    [[nodiscard]] std::string mistaken() const {
        std::string text;
        for (const Applied& applied : ledger_.applied()) {
            for (const Touched& touched : ledger_.undoing_from(applied.id)) {
                const Cell& cell = cells_.at(touched.key.setting);
                if (is_taken_for_ours(touched, cell.value) != cell.is_ours &&
                    touched.before != Value(cell.value)) {
                    text +=
                        fmt::format("{} from {} on: {} is {}\n", touched.key.setting, applied.id,
                                    cell.value, cell.is_ours ? "nanotune's" : "somebody else's");
                }
            }
        }
        return text;
    }

  private:
    struct Touch {
        std::uint64_t id;
        std::int64_t before;
        bool was_ours;
    };
    struct Cell {
        std::int64_t value = 0;
        bool is_ours = false;  ///< nanotune wrote it since somebody else did
        std::vector<Touch> touches;
    };

    void apply_some() {
        const std::uint64_t id = ++id_;
        std::vector<record::Intent> intents;
        for (auto& [setting, cell] : cells_) {
            const std::int64_t wanted = one_of(6);
            if (one_of(2) == 0 && wanted != cell.value) {
                intents.push_back(intent_for(setting, cell.value, wanted));
                cell.touches.push_back({.id = id, .before = cell.value, .was_ours = cell.is_ours});
                cell.value = wanted;
                cell.is_ours = true;
            }
        }
        apply(ledger_, id, intents);
    }

    void roll_back(bool is_finished) {
        const std::vector<Shared<Applied>>& applied = ledger_.applied();
        if (applied.empty()) {
            return;
        }
        const std::size_t at = one_of(static_cast<unsigned>(applied.size()));
        const std::uint64_t oldest = applied[at]->id;
        const std::uint64_t kept = at == 0 ? 0 : applied[at - 1]->id;
        const std::vector<Touched> undone = ledger_.undoing_from(oldest);
        begin_rollback(ledger_, ++id_, oldest);
        for (const Touched& touched : undone) {
            Cell& cell = cells_.at(touched.key.setting);
            const auto first = std::ranges::find_if(cell.touches, [&](const Touch& touch) {
                return touch.id > kept && Value(touch.before) == touched.before;
            });
            REQUIRE(first != cell.touches.end());
            const Touch restored{.id = id_, .before = first->before, .was_ours = first->was_ours};
            if (is_finished) {
                cell.touches.erase(first, cell.touches.end());
            }
            if (!is_taken_for_ours(touched, cell.value)) {
                if (is_finished) {
                    ledger_.take(left_record_of(touched));
                    cell.touches.push_back(restored);
                }
            } else if (is_finished || one_of(2) == 0) {
                const bool is_written = Value(cell.value) != touched.before;
                cell.value = std::get<std::int64_t>(touched.before);
                cell.is_ours = is_finished ? restored.was_ours : cell.is_ours || is_written;
            }
        }
        if (is_finished || one_of(2) == 0) {
            ledger_.take(record::End{is_finished ? "finished" : "partial"});
        } else {  // one that was killed, and whoever comes next goes on
            begin_rollback(ledger_, ++id_, ~std::uint64_t{0});
            ledger_.take(record::End{"finished"});
        }
    }

    unsigned one_of(unsigned count) { return static_cast<unsigned>(draw_() % count); }

    std::mt19937 draw_;
    std::int64_t foreign_ = 1000;
    std::uint64_t id_ = 0;
    Ledger ledger_;
    std::map<std::string_view, Cell> cells_;
};

}  // namespace

TEST_CASE("whatever a host holds of what nanotune wrote is nanotune's", "[ledger]") {
    for (unsigned seed = 0; seed < 500; ++seed) {
        DrawnHost host(seed);
        for (unsigned step = 0; step < 40; ++step) {
            INFO("seed " << seed << ", step " << step);
            host.step();
            REQUIRE(host.mistaken() == "");
        }
    }
}

namespace {

/// As it is recorded of what was once eth0, and is lan0 now.
void follow_to_lan0(Ledger& ledger) {
    const Following to_lan0{
        .of = [](const Key& key, const Bearer& recorded) -> std::optional<Followed> {
            if (recorded.device.name == "lan0") {
                return std::nullopt;
            }
            return Followed{.key = key_of(key.setting, Target::nic("lan0"), device_named("lan0")),
                            .bearer = {.device = device_named("lan0"), .formerly = "eth0"}};
        },
        .stays = [](const Bearer& recorded) { return recorded.device.name == "lan0"; }};
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
