// What a rollback could not, or would not, put back.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("a forced rollback of all that was cut off can be repeated", "[engine][rollback]") {
    FakeHost host = given::plain_host();
    const ScratchFolder folder;
    {
        EngineOn engine(host, folder.path());
        REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    }
    {
        const StateFolder state(folder.path(), {.boot = "test-boot", .network = 1});
        std::vector<std::string> notes;
        auto journal = state.open(notes, Opening::undo);
        REQUIRE(journal);
        REQUIRE(journal->append(record::Begin{.id = journal->ledger().last_id() + 1,
                                              .kind = "rollback",
                                              .undoes = 0,
                                              .profile = "given"}));
        REQUIRE(journal->sync());
    }
    host.cells[swappiness] = "33";  // by somebody else
    EngineOn engine(host, folder.path());
    const Report all = engine.rollback({.all = true, .force = true, .consent = {}});
    INFO(text_of(all));
    CHECK(all.exit == Exit::as_wanted);
    CHECK(host.text(swappiness) == "60");
}

TEST_CASE_METHOD(PlainScene, "forcing what the last rollback left undoes no other apply",
                 "[engine][rollback]") {
    REQUIRE(engine.apply("[memory]\ndirty_ratio = 5\n").exit == Exit::as_wanted);
    REQUIRE(engine.apply("[memory]\ndirty_ratio = 5\nswappiness = 10\n").exit == Exit::as_wanted);
    host.cells[swappiness] = "33";
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    CHECK(engine.status().state == HostState::tuned);
    RollbackRequest request = rollback_request();
    request.force = true;
    const Report forced = engine.rollback(request);
    INFO(text_of(forced));
    CHECK(host.text(swappiness) == "60");
    CHECK(host.text("/proc/sys/vm/dirty_ratio") == "5");
    CHECK(engine.status().applies == 1);
}

TEST_CASE_METHOD(PlainScene, "an apply over what a rollback left keeps the baseline",
                 "[engine][rollback]") {
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    host.cells[swappiness] = "33";
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    const Report other = engine.apply("[memory]\ndirty_ratio = 5\n");
    INFO(text_of(other));
    CHECK(other.exit == Exit::as_wanted);
    CHECK(row_at(other, "memory.swappiness", Target::host()).outcome == Outcome::overridden);
    CHECK(host.text(swappiness) == "33");
    REQUIRE(engine.apply("[memory]\nswappiness = 20\n").exit == Exit::as_wanted);

    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(host.text(swappiness) == "33");
    REQUIRE(engine.apply("[memory]\nswappiness = 20\n").exit == Exit::as_wanted);
    const Report all = engine.rollback_all();
    INFO(text_of(all));
    CHECK(all.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
    CHECK(engine.status().left.empty());
}

TEST_CASE("after a rollback that failed half-way the host is degraded, not tuned",
          "[engine][rollback]") {
    FakeHost host = given::plain_host().refuse(swappiness, {.error = EPERM, .when = "60"});
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[memory]\nswappiness = 10\ndirty_ratio = 5\n").exit == Exit::as_wanted);
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::not_restored);
    CHECK(report.state == HostState::degraded);
    CHECK(engine.status().state == HostState::degraded);
    host.behaviours.checks.pop_back();
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(engine.status().state == HostState::clean);
    CHECK(host.text(swappiness) == "60");
}

TEST_CASE_METHOD(PlainScene, "a rollback of what was cut off shows its rows",
                 "[engine][rollback]") {
    ApplyRequest request = apply_request();
    request.confirm_within = std::chrono::seconds(1);
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n", request).exit == Exit::as_wanted);
    engine.pass(std::chrono::seconds(5));
    SECTION("by rollback") {
        const Report report = engine.rollback();
        INFO(text_of(report));
        const Row row = row_at(report, "memory.swappiness", Target::host());
        CHECK(row.outcome == Outcome::changed);
        CHECK(row.before == "10");
        CHECK(row.got == "60");
        CHECK(report.profile == "test");
    }
    SECTION("by the next apply, in a note") {
        const Report report = engine.apply("[memory]\ndirty_ratio = 5\n");
        INFO(text_of(report));
        CHECK(report.rows.size() == 1);
        CHECK(text_of(report).contains("every old value is restored: memory.swappiness on host"));
    }
}

TEST_CASE_METHOD(PlainScene,
                 "a row that rollback leaves shows what is there, not what nanotune had set",
                 "[engine][rollback]") {
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    host.cells[swappiness] = "33";
    for (const Report& report :
         {engine.engine().rollback_plan(rollback_request()), engine.rollback()}) {
        INFO(text_of(report));
        const Row row = row_at(report, "memory.swappiness", Target::host());
        CHECK(row.outcome == Outcome::overridden);
        CHECK(row.before == "33");
        CHECK(row.got == "33");
        CHECK(row.wanted == "60");
    }
}
