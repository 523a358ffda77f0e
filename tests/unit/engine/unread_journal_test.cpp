// What is said where the journal cannot be read at all.
#include <filesystem>

#include <unistd.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr auto unread_low_swap = "[memory]\nswappiness = 10\n";

}  // namespace

TEST_CASE("a journal that cannot be read leaves the state unknown", "[engine][confirm]") {
    FakeHost host = given::plain_host();
    const ScratchFolder folder;
    // A link to itself: root reads everything else.
    std::filesystem::create_symlink("net-1.journal", folder.path() + "/net-1.journal");
    EngineOn engine(host, folder.path());
    const HostStatus status = engine.status();
    CHECK(status.state == HostState::unknown);
    REQUIRE(status.notes.size() == 1);
    CHECK(status.notes[0].contains("net-1.journal"));
    for (const Report& report :
         {engine.verify(), engine.verify(unread_low_swap), engine.planned(unread_low_swap),
          engine.rollback(), engine.confirm(), engine.apply(unread_low_swap),
          engine.engine().rollback_plan(rollback_request())}) {
        INFO(text_of(report));
        CHECK(report.state == HostState::unknown);
        CHECK(report.exit == Exit::refused);
    }
}

TEST_CASE("status of a state folder that root does not trust says what it did not read",
          "[engine][status]") {
    if (::geteuid() != 0) {
        WARN("not tried: only root trusts nobody else");
        return;
    }
    FakeHost host = given::plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply(unread_low_swap).exit == Exit::as_wanted);
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    const HostStatus status = engine.status();
    CHECK(status.state == HostState::unknown);
    CHECK(status.profile.empty());
    CHECK(status.notes.at(0).contains("others than root can write it"));
    CHECK(engine.verify().exit == Exit::refused);
    CHECK(engine.planned(unread_low_swap).state == HostState::unknown);
}
