// The note by which commands find a daemon.
#include "daemon/note_side.hpp"

#include <filesystem>
#include <fstream>
#include <vector>

#include <unistd.h>

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

namespace {

struct NoteScene {
    ScratchFolder scratch;
    std::string folder = scratch.path() + "/nanotuned";
    std::string file = folder + "/instance";
    std::vector<std::string> said;
    NoteSide::Clock::time_point now = NoteSide::Clock::now();
    NoteSide note = {"/run/here", file, [this](const std::string& text) { said.push_back(text); }};

    NoteScene() { note.process(now); }
};

}  // namespace

TEST_CASE_METHOD(NoteScene, "a note that somebody removes is left anew at once, with its folder",
                 "[daemon][note]") {
    REQUIRE(std::filesystem::exists(file));
    CHECK(said.empty());
    note.process(now);
    CHECK(std::filesystem::remove(file));
    note.process(now);
    CHECK(instance_for("/run/here", file));
    REQUIRE(said.size() == 2);
    CHECK(said.front().ends_with(
        "/instance: somebody has removed it, or put another one there; commands do not find this "
        "daemon without it"));
    CHECK(said.back() == file + ": left");
    for (const bool is_moved : {false, true}) {
        if (is_moved) {
            std::filesystem::rename(folder, scratch.path() + "/elsewhere");
        } else {
            CHECK(std::filesystem::remove_all(folder) == 2);
        }
        note.process(now);
        CHECK(instance_for("/run/here", file));
        CHECK(std::filesystem::remove(file));  // where it is now is listened to
        note.process(now);
        CHECK(instance_for("/run/here", file));
    }
    CHECK(note.patience(now) == -1);
    note.remove();
    note.process(now);
    CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE_METHOD(NoteScene, "what another daemon has put in a note's place is its own",
                 "[daemon][note]") {
    const std::string mark = process_mark(::getppid());
    std::filesystem::remove(file);
    std::ofstream(file) << Instance{.process = ::getppid(),
                                    .mark = mark,
                                    .network = 1,
                                    .state_folder = "/run/other"}
                               .text();
    note.process(now);
    CHECK(note.patience(now) == 30'000);
    CHECK(said.back().ends_with("; trying again each 30 s"));
    note.remove();
    CHECK(std::filesystem::exists(file));
}
