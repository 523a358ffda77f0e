// The host as a profile: what applies to the same host again changes nothing.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("capture holds every declared setting that the host has", "[engine][capture]") {
    FakeHost host = given::full_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const auto captured = engine.engine().capture();
    REQUIRE(captured);
    CHECK(captured->size() > 400);
    CHECK(engine.system().writes().empty());
}

TEST_CASE("capture holds what is held by names that only this host knows", "[engine][capture]") {
    FakeHost host = given::plain_host().with_sysctl("kernel.nickname", "slow");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const auto nickname = [&engine]() -> std::optional<Value> {
        const auto captured = engine.engine().capture();
        REQUIRE(captured);
        const auto found =
            std::ranges::find(*captured, "sysctl.kernel.nickname",
                              [](const Captured& one) { return one.setting.full_name(); });
        return found == captured->end() ? std::nullopt : std::optional(found->value);
    };
    CHECK(nickname() == std::nullopt);
    REQUIRE(engine.apply("[sysctl]\n\"kernel.nickname\" = \"fast\"\n").exit == Exit::as_wanted);
    CHECK(nickname() == Value(std::string("fast")));
    host.cells["/proc/sys/kernel/nickname"] = "faster";
    CHECK(nickname() == Value(std::string("faster")));
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    CHECK(nickname() == std::nullopt);
}
