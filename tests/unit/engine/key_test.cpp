// What a setting of an object is looked for by.
#include <vector>

#include "engine/stage_plan.hpp"
#include "engine/wanted.hpp"
#include "support/catch.hpp"

using namespace nanotune;

namespace {

/// Of plugins and settings whose names are beginnings of each other's.
std::vector<std::string> names_alike() {
    return {"a.b", "a.b.c", "ab.c", "a-b.c", "a.bc", "abc.b", "b.a", "a", "a.", "ab", ""};
}

Wanted wanted_of(const Desired& desired) {
    Wanted wanted;
    wanted.add(desired);
    return wanted;
}

}  // namespace

TEST_CASE("what a desire is recorded by is found without its name being put together", "[engine]") {
    const Plugin plugin{.name = "ab", .summary = {}, .file = {}, .banks = {}, .rules = {}};
    const DeviceIdentity eth0{.name = "eth0", .index = 7};
    for (const std::string_view name : {"c", "c.d", "b"}) {
        const Tunable tunable{.name = name};
        for (const Target& target : {Target::host(), Target::nic("eth0"), Target::nic("eth01"),
                                     Target{"rx_queue", "eth0/rx-0"}, Target::irq(3)}) {
            const Desired desired{.setting = {&plugin, nullptr, &tunable},
                                  .candidate = Candidate{.target = target, .identity = eth0},
                                  .value = {},
                                  .origin = {},
                                  .group = {},
                                  .missing = {}};
            const Key key = key_of(desired);
            CHECK(key.device ==
                  (target == Target::irq(3) || target == Target::nic("eth01") ? 0 : 7));
            CHECK(KeySet{key}.contains(key_in(desired)));
            CHECK(wanted_of(desired).contains(desired));
            CHECK(wanted_of(desired).contains(key));
            for (const std::string& other : names_alike()) {
                const Key another{other, target, key.device};
                CHECK((another <=> key_in(desired)) == (another <=> key));
            }
            CHECK_FALSE(KeySet{Key{key.setting, key.target, 8}}.contains(key_in(desired)));
            CHECK_FALSE(KeySet{Key{key.setting, {"cpu", "1"}, 7}}.contains(key_in(desired)));
        }
    }
}

TEST_CASE("what a profile wants has each setting of each target once, on record, too", "[engine]") {
    const Plugin plugin{.name = "ab", .summary = {}, .file = {}, .banks = {}, .rules = {}};
    const Tunable tunables[] = {{.name = "c"}, {.name = "d"}};
    const auto desired = [&](const Tunable& tunable, const Target& target) {
        return Desired{.setting = {&plugin, nullptr, &tunable},
                       .candidate = Candidate{.target = target},
                       .value = {},
                       .origin = {},
                       .group = {},
                       .missing = {}};
    };
    Wanted wanted;
    for (const Target& target : {Target::cpu(1), Target::cpu(2), Target::cpu(1)}) {
        wanted.add(desired(tunables[0], target));
        CHECK(wanted.contains(Key{"ab.c", target}));
    }
    CHECK(wanted.keys() == KeySet{{"ab.c", Target::cpu(1)}, {"ab.c", Target::cpu(2)}});
    CHECK(wanted.contains(desired(tunables[0], Target::cpu(2))));
    CHECK_FALSE(wanted.contains(desired(tunables[1], Target::cpu(2))));
    CHECK_FALSE(wanted.contains(desired(tunables[0], Target::cpu(3))));
    CHECK_FALSE(wanted.contains(Key{"ab.d", Target::cpu(2)}));
}
