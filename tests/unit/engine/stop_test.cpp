// Applies that are stopped from outside: by the operator, by a second nanotune.
#include <filesystem>
#include <future>
#include <thread>
#include <utility>

#include "in_haste.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("an apply that the operator stops is rolled back", "[engine][stop]") {
    for (unsigned write = 1; write <= 4; ++write) {
        FakeHost host = host_in_haste();
        const FakeHost before = host;
        const ScratchFolder folder;
        EngineOn engine(host, folder.path());
        engine.system().before_write([&](unsigned number) {
            if (number == write) {
                engine.cancel();
            }
        });
        const Report report = engine.apply(some_of_each);
        INFO("stopped at write " << write << "\n" << text_of(report));
        CHECK(report.exit == Exit::rolled_back);
        CHECK(difference(before, host) == no_difference);
        CHECK(engine.status().state == HostState::clean);
    }
}

TEST_CASE("an apply that is stopped before it wrote anything leaves no record", "[engine][stop]") {
    FakeHost host = host_in_haste();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    const std::string journal = folder.path() + "/net-1.journal";
    const auto size = std::filesystem::file_size(journal);
    engine.cancel();
    const Report report = engine.apply("[memory]\nswappiness = 20\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(report.state == HostState::tuned);
    CHECK(std::filesystem::file_size(journal) == size);
}

TEST_CASE("a second nanotune waits for the first as long as it was told", "[engine][lock]") {
    FakeHost host = host_in_haste();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path(), {.boot = "test-boot", .network = 1},
                    std::chrono::seconds(5));
    auto lock = engine.state().lock("apply of hft", {});
    REQUIRE(lock);
    auto holder = std::async(std::launch::async, [held = std::move(*lock)]() mutable {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        const Lock released = std::move(held);
    });
    const Report report = engine.apply("[memory]\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    holder.get();
}
