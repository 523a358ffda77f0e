// A rollback that was cut off has put back some values, and nobody recorded which.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("a rollback of all takes for nanotune's what one that was cut off had put back",
          "[engine][rollback]") {
    Scene scene(given::plain_host());
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[memory]\nswappiness = 20\ndirty_ratio = 30\n").exit == Exit::as_wanted);
    REQUIRE(engine.apply("[memory]\nswappiness = 10\ndirty_ratio = 40\n").exit == Exit::as_wanted);
    const bool has_ended = GENERATE(true, false);
    {
        std::vector<std::string> notes;
        auto journal = engine.state().open(notes);
        REQUIRE(journal);
        const std::uint64_t last = journal->ledger().last(false);
        REQUIRE(journal->append(record::Begin{.id = last + 1, .kind = "rollback", .undoes = last}));
        if (has_ended) {
            REQUIRE(journal->append(record::End{"partial"}));
        }
        REQUIRE(journal->sync());
    }
    host.cells[swappiness] = "20";

    SECTION("and restores it") {
        const Report report = engine.rollback_all();
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(difference(before, host) == no_difference);
    }
    SECTION("also where a second one, of all, was cut off, too") {
        {
            std::vector<std::string> notes;
            auto journal = engine.state().open(notes);
            REQUIRE(journal);
            const Ledger& ledger = journal->ledger();
            REQUIRE(journal->append(record::Begin{.id = ledger.last_id() + 1,
                                                  .kind = "rollback",
                                                  .undoes = ledger.applied().front()->id}));
            REQUIRE(journal->sync());
        }
        const Report report = engine.rollback_all();
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(difference(before, host) == no_difference);
    }
    SECTION("and what nobody had put back for somebody else's") {
        host.cells[swappiness] = "33";
        const Report report = engine.rollback_all();
        INFO(text_of(report));
        CHECK(row_at(report, "memory.swappiness", Target::host()).outcome == Outcome::overridden);
        CHECK(host.text(swappiness) == "33");
    }
}

namespace {

const std::string its_governor = "/sys/devices/system/cpu/cpufreq/policy3/scaling_governor";

void append_to_journal(EngineOn& engine, const std::vector<record::Record>& records) {
    std::vector<std::string> notes;
    auto journal = engine.state().open(notes);
    REQUIRE(journal);
    for (const record::Record& record : records) {
        REQUIRE(journal->append(record));
    }
    REQUIRE(journal->sync());
}

std::uint64_t last_of(EngineOn& engine) {
    std::vector<std::string> notes;
    const auto journal = engine.state().open(notes);
    REQUIRE(journal);
    return journal->ledger().last_id();
}

}  // namespace

TEST_CASE(
    "a word that a rollback had put back is nanotune's, also where an apply was to set it "
    "again and was cut off before its write",
    "[engine][rollback]") {
    Scene scene(given::plain_host().with_cpufreq({.governor = "powersave"}));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[cpu]\ngovernor = \"performance\"\n").exit == Exit::as_wanted);
    REQUIRE(engine.apply("[cpu]\ngovernor = \"schedutil\"\n").exit == Exit::as_wanted);
    const std::uint64_t last = last_of(engine);
    append_to_journal(engine, {record::Begin{.id = last + 1, .kind = "rollback", .undoes = last},
                               record::End{"partial"},
                               record::Begin{.id = last + 2, .kind = "apply", .profile = "third"},
                               record::Intent{.setting = "cpu.governor",
                                              .target = {"policy", "3"},
                                              .before = std::string("performance"),
                                              .wanted = std::string("ondemand")}});
    host.cells[its_governor] = "performance";
    SECTION("and goes back to what was before all of them") {
        const Report report = engine.rollback_all();
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(report.state == HostState::clean);
        CHECK(difference(before, host) == no_difference);
    }
    SECTION("while one that nobody had put back is somebody else's") {
        host.cells[its_governor] = "userspace";
        const Report report = engine.rollback_all();
        INFO(text_of(report));
        CHECK(row_at(report, "cpu.governor", {"policy", "3"}).outcome == Outcome::overridden);
        CHECK(host.text(its_governor) == "userspace");
    }
}
