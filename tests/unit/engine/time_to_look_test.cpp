// How long who has to take something back in time may look at the host.
#include "engine/host_status.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("whoever has to take back what nobody confirms looks no longer than until then",
          "[engine][confirm]") {
    FakeHost host = given::plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    Moment now{.wall = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1},
               .since_boot = std::chrono::hours(1)};
    EngineParts parts{.catalog = engine.catalog(),
                      .state = engine.state(),
                      .systems = {},
                      .now = [&now] { return now; },
                      .command = "nanotuned",
                      .looking_time = std::chrono::seconds(60),
                      .is_guard = true};
    const auto time = [&] { return time_to_look(parts, engine.state().view()->ledger); };
    CHECK(time() == std::chrono::seconds(60));
    ApplyRequest request = apply_request();
    request.confirm_within = std::chrono::seconds(20);
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n", request).exit == Exit::as_wanted);
    CHECK(time() == std::chrono::seconds(20));
    now.wall += std::chrono::seconds(15);
    now.since_boot += std::chrono::seconds(15);
    CHECK(time() == std::chrono::seconds(5));
    now.wall += std::chrono::seconds(15);
    now.since_boot += std::chrono::seconds(15);
    CHECK(time() == std::chrono::seconds(1));
    parts.is_guard = false;
    CHECK(time() == std::chrono::seconds(60));
    parts.is_guard = true;
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    CHECK(time() == std::chrono::seconds(60));
}
