// What is kept while nothing happens.
#include "engine/vigil_state.hpp"

#include <string>
#include <vector>

#include "engine/frame.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const HeldPlace swappiness{"memory.swappiness", Target::host()};
const HeldPlace mtu{"nic.mtu", Target::nic("eth0")};

Observation seen_before() {
    return {.as_applied = {swappiness},
            .absent = {mtu},
            .held = {swappiness, mtu},
            .files = {"/proc/sys/vm/swappiness"},
            .devices = {"eth0"}};
}

}  // namespace

TEST_CASE("what two looks see is the same only where all of it is", "[engine][vigil]") {
    const auto differs = [](auto change) {
        Observation other = seen_before();
        change(other);
        return !(Sight(other) == Sight(seen_before()));
    };
    CHECK(Sight(seen_before()) == Sight(seen_before()));
    CHECK(differs([](Observation& seen) { seen.as_applied.push_back(mtu); }));
    CHECK(differs([](Observation& seen) { std::swap(seen.as_applied, seen.absent); }));
    CHECK(differs([](Observation& seen) { seen.absent.clear(); }));
    CHECK(differs([](Observation& seen) { seen.held.erase(mtu); }));
    CHECK(differs([](Observation& seen) { seen.files = {"/proc/sys/vm/swappines", "s"}; }));
    CHECK(differs([](Observation& seen) { std::swap(seen.files, seen.devices); }));
    CHECK(differs([](Observation& seen) { seen.gone.emplace_back("eth0"); }));
    CHECK(differs([](Observation& seen) { seen.changed.emplace_back(); }));
}

TEST_CASE("a vigil goes by all that is held, as it was recorded", "[engine][vigil]") {
    FakeHost host = given::plain_host().with_nic("eth0");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(
        engine
            .apply("[profile]\ndrift = 'repair'\n[memory]\nswappiness = 10\n"
                   "[nic.eth0]\nfeatures.tso = { value = false, drift = 'yield' }\nmtu = 1400\n")
            .exit == Exit::as_wanted);
    const auto view = engine.state().view();
    REQUIRE(view);
    const VigilState vigil({.first = {}, .pause = {}, .until = [](Vigil::Time) {}, .over = {}},
                           view->ledger, Sight({}), {});
    CHECK(vigil.holds_all());
    const Ledger kept = vigil.held();
    const auto& held = view->ledger.active()->held;
    REQUIRE(kept.active() != nullptr);
    REQUIRE(held.size() > 3);  // TSO is several
    REQUIRE(kept.active()->held.size() == held.size());
    for (const auto& [key, value] : held) {
        const auto found = kept.active()->held.find(key);
        REQUIRE(found != kept.active()->held.end());
        CHECK(held_record_of(key, found->second) == held_record_of(key, value));
        CHECK(found->second.bearer == value.bearer);
    }
    CHECK(kept.active()->touched.empty());  // what was before is no look's to know
}

TEST_CASE("no vigil goes by records that cannot be read back", "[engine][vigil]") {
    const auto holds_all = [](std::size_t length) {
        const std::vector<record::Record> records = {
            record::Begin{.id = 1, .kind = "apply", .profile = "a"},
            record::Held{.setting = "sysctl.kernel.core_pattern",
                         .target = Target::host(),
                         .wanted = std::string(length, 'x'),
                         .got = std::string("core")},
            record::End{.how = "committed"}};
        const VigilState vigil({.first = {}, .pause = {}, .until = [](Vigil::Time) {}, .over = {}},
                               Ledger::of(records), Sight({}), {});
        return vigil.holds_all();
    };
    CHECK(holds_all(1000));
    CHECK_FALSE(holds_all(longest_payload));
}
