// A ledger written again in fewer records restores what it restored before.
#include <random>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/ledger.hpp"
#include "support/catch.hpp"

using namespace nanotune;

namespace {

constexpr std::string_view settings[] = {"nic.mtu", "nic.txqueuelen", "nic.ring.rx"};

record::Intent intent(std::string_view setting, std::int64_t before, std::int64_t wanted,
                      bool is_side_effect = false) {
    return {.setting = std::string(setting),
            .target = Target::nic("eth0"),
            .before = before,
            .wanted = wanted,
            .is_side_effect = is_side_effect};
}

record::Held held(std::string_view setting, std::int64_t wanted, std::int64_t got) {
    return {.setting = std::string(setting),
            .target = Target::nic("eth0"),
            .wanted = wanted,
            .got = got,
            .origin = "x.toml:1:1"};
}

record::Left left(std::string_view setting, std::int64_t before, std::int64_t got) {
    return {.setting = std::string(setting),
            .target = Target::nic("eth0"),
            .before = before,
            .wanted = got,
            .got = got};
}

/// Applies of every end, and rollbacks that leave something, in any order.
class Drawn {
  public:
    explicit Drawn(unsigned seed) : draw_(seed) {}

    std::vector<record::Record> records() {
        std::vector<record::Record> records;
        for (std::uint64_t id = 1; id <= 12; ++id) {
            if (one_of(6) == 0) {
                records.emplace_back(record::Begin{.id = id, .kind = "rollback", .undoes = id - 1});
                records.emplace_back(left(settings[one_of(3)], number(), number()));
                records.emplace_back(record::End{"finished"});
                continue;
            }
            const std::string how[] = {"committed", "committed", "degraded", "partial"};
            const std::string& ends = how[one_of(4)];
            records.emplace_back(
                record::Begin{.id = id, .kind = "apply", .profile = std::to_string(id)});
            for (const std::string_view setting : settings) {
                if (one_of(2) == 0) {
                    const std::int64_t wanted = number();
                    records.emplace_back(intent(setting, number(), wanted, one_of(3) == 0));
                    if (ends != "partial" && one_of(2) == 0) {
                        records.emplace_back(held(setting, wanted, wanted + one_of(2)));
                    }
                }
            }
            records.emplace_back(record::End{ends});
            if (one_of(6) == 0) {  // one that was cut off
                records.emplace_back(
                    record::Begin{.id = id, .kind = "rollback", .undoes = id - one_of(2)});
                records.emplace_back(record::End{"partial"});
            }
        }
        return records;
    }

  private:
    unsigned one_of(unsigned count) { return static_cast<unsigned>(draw_() % count); }
    std::int64_t number() { return one_of(1000); }

    std::mt19937 draw_;
};

std::string text_of(const Ledger& ledger) {
    std::string text;
    for (const Touched& touched : ledger.undoing_from(0)) {
        const auto known = touched.got ? touched.got : touched.held;
        text += fmt::format("{}: before {}, wanted {}, {} {}{}\n", touched.key.setting,
                            encoded(touched.before), encoded(touched.wanted),
                            touched.got ? "got" : "held", known ? encoded(*known) : "?",
                            touched.is_side_effect ? ", side effect" : "");
    }
    return text + "in force: " + (ledger.active() == nullptr ? "-" : ledger.active()->profile);
}

/// What rollbacks that were cut off may have put back already.
std::string put_back_of(const Ledger& ledger) {
    std::string text;
    for (const Touched& touched : ledger.undoing_from(0)) {
        std::set<std::string> values;
        for (const PutBack& one : touched.put_back) {
            values.insert(encoded(one.value));
        }
        values.erase(encoded(touched.wanted));  // nanotune's own in any case
        text += fmt::format("{}: {}\n", touched.key.setting, fmt::join(values, " "));
    }
    return text;
}

}  // namespace

TEST_CASE("a ledger restores the same once it is compacted, whatever became of its applies",
          "[ledger]") {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        const Ledger whole = Ledger::of(Drawn(seed).records());
        for (const std::size_t most : {16U, 6U, 3U}) {
            INFO("seed " << seed << ", " << most << " applies");
            const Ledger small = Ledger::of(whole.compacted(most));
            REQUIRE(small.applied().size() <= most);
            REQUIRE(text_of(small) == text_of(whole));
            REQUIRE(text_of(Ledger::of(small.compacted(most))) == text_of(whole));
            REQUIRE(put_back_of(small) == put_back_of(whole));
        }
    }
}

TEST_CASE("of a device that is no more a compacted ledger keeps what a profile holds of it",
          "[ledger]") {
    const auto veth = [](unsigned index) {
        return DeviceIdentity{.name = "veth" + std::to_string(index),
                              .index = index,
                              .kind = "veth",
                              .address = "02:00:00:00:00:01"};
    };
    const auto changed = [&](unsigned index) {
        return record::Intent{"nic.mtu",
                              Target::nic(veth(index).name),
                              std::int64_t{1500},
                              std::int64_t{9000},
                              false,
                              "",
                              veth(index)};
    };
    std::vector<record::Record> records;
    for (unsigned i = 1; i <= 20; ++i) {
        records.emplace_back(record::Begin{.id = i, .kind = "apply", .profile = "a"});
        records.emplace_back(changed(i));
        records.emplace_back(record::Held{"nic.mtu", Target::nic(veth(i).name), std::int64_t{9000},
                                          std::int64_t{9000}, "x.toml:1:1", "", veth(i)});
        records.emplace_back(record::End{"committed"});
    }
    // Two of what a rollback left: the second device is away.
    records.emplace_back(record::Begin{.id = 21, .kind = "rollback", .undoes = 21});
    for (const unsigned index : {31U, 32U}) {
        records.emplace_back(record::Left{.setting = "nic.mtu",
                                          .target = Target::nic(veth(index).name),
                                          .before = std::int64_t{1500},
                                          .wanted = std::int64_t{9000},
                                          .got = std::int64_t{9000},
                                          .device = veth(index),
                                          .is_away = true});
    }
    records.emplace_back(record::End{"finished"});
    const Ledger whole = Ledger::of(records);
    const auto is_removed = [](const DeviceIdentity& device) {
        return device.index < 20 || device.index == 31;
    };
    const Ledger small = Ledger::of(whole.compacted(16, {.device = is_removed}));
    CHECK(whole.least_compacted(16, is_removed) < whole.least_compacted(16));
    CHECK(whole.least_compacted(16, is_removed) <=
          whole.compacted(16, {.device = is_removed}).size());
    const auto undoing = small.undoing_from(0);
    REQUIRE(undoing.size() == 2);
    CHECK(undoing[0].bearer.device == veth(20));
    CHECK(undoing[1].bearer.device == veth(32));
    REQUIRE(small.left().size() == 1);
    CHECK(small.left()[0].before == Value{std::int64_t{1500}});
    CHECK(small.active()->held.size() == 1);
    CHECK((*std::prev(small.applied().end(), 3))->held.size() == 1);  // of a device that is no more
}
