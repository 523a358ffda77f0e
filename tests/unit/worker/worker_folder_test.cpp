// The files that a worker is known by.
#include "worker/worker_folder.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::worker;
using nanotune::test::ScratchFolder;

TEST_CASE("a switch is noted as off by a profile or by an operator, until it is on again",
          "[worker]") {
    const ScratchFolder scratch;
    const WorkerFolder folder(scratch.path() + "/orders");
    REQUIRE(folder.put(WorkerSettings{{"enabled", "1"}}));
    CHECK_FALSE(folder.is_switched_off());
    CHECK_FALSE(folder.is_disabled());
    REQUIRE(folder.note_switch(Turned::off));
    CHECK(folder.is_switched_off());
    CHECK_FALSE(folder.is_disabled());
    REQUIRE(folder.note_switch(Turned::disabled));
    CHECK(folder.is_disabled());
    REQUIRE(folder.note_switch(Turned::off));
    CHECK(folder.is_disabled());
    REQUIRE(folder.note_switch(Turned::on));
    CHECK_FALSE(folder.is_switched_off());
    CHECK_FALSE(folder.is_disabled());
    REQUIRE(folder.note_switch(Turned::disabled));
    CHECK(folder.is_disabled());
}

TEST_CASE("who has switched it off needs no room for a word", "[worker]") {
    const ScratchFolder scratch;
    const WorkerFolder folder(scratch.path() + "/orders");
    REQUIRE(folder.put(WorkerSettings{}));
    REQUIRE(folder.note_switch(Turned::disabled));
    CHECK(std::filesystem::file_size(folder.path() + "/off") == 0);
}

TEST_CASE("where nobody can say who has switched it off, an operator may have", "[worker]") {
    CHECK(WorkerFolder(std::string(5'000, 'x')).is_disabled());
    CHECK_FALSE(WorkerFolder("/nowhere/orders").is_disabled());
}

TEST_CASE("memory is told from another file under its name", "[worker]") {
    const ScratchFolder scratch;
    const WorkerFolder folder(scratch.path() + "/orders");
    REQUIRE(folder.put(WorkerSettings{}));
    REQUIRE_FALSE(folder.found_memory());
    CHECK(folder.found_memory().error().code == ErrorCode::not_found);
    std::ofstream(folder.shared()) << "one";
    const auto first = folder.found_memory();
    REQUIRE(first);
    CHECK(first->process == 0);
    CHECK(folder.found_memory() == first);
    std::ofstream(folder.shared() + ".new") << "another";
    std::filesystem::rename(folder.shared() + ".new", folder.shared());
    REQUIRE(folder.found_memory());
    CHECK(*folder.found_memory() != *first);
}
