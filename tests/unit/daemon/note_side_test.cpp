// The note by which commands find a daemon.
#include "daemon/note_side.hpp"

#include <filesystem>
#include <fstream>
#include <vector>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::daemon::NoteSide;
using namespace std::chrono_literals;

TEST_CASE("a note that cannot be left is left once it can be", "[daemon][note]") {
    const ScratchFolder scratch;
    const std::string folder = scratch.path() + "/nanotuned";
    std::ofstream(folder) << "in the way";
    std::vector<std::string> said;
    NoteSide note("/run/here", folder + "/instance",
                  [&said](const std::string& text) { said.push_back(text); });
    const auto start = NoteSide::Clock::now();
    note.process(start);
    REQUIRE(said.size() == 1);
    CHECK(said.front().ends_with("; trying again each 30 s"));
    CHECK(note.patience(start) == 30'000);
    note.process(start + 30s);
    CHECK(said.size() == 1);
    REQUIRE(std::filesystem::remove(folder));
    note.process(start + 59s);
    CHECK_FALSE(std::filesystem::exists(folder));
    note.process(start + 60s);
    CHECK(std::filesystem::exists(folder + "/instance"));
    CHECK(said.back() == folder + "/instance: left");
    CHECK(note.patience(start + 60s) == -1);
    note.remove();
    CHECK_FALSE(std::filesystem::exists(folder + "/instance"));
    note.process(start + 90s);
    CHECK_FALSE(std::filesystem::exists(folder + "/instance"));
}
