// "Did you mean" for files and for TuneD's profiles.
#include "cli/nearest_file.hpp"

#include <filesystem>
#include <fstream>

#include "fake_service.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

void put(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
}

}  // namespace

TEST_CASE("the nearest file of the folder may be meant, and no folder", "[cli][nearest]") {
    const ScratchFolder folder;
    put(folder.path() + "/edge.toml", "");
    std::filesystem::create_directories(folder.path() + "/odge.tom");
    CHECK(cli::did_you_mean_file(folder.path() + "/edgy.toml", "") ==
          "; did you mean " + folder.path() + "/edge.toml?");
    CHECK(cli::did_you_mean_file(folder.path() + "/edge", ".toml") ==
          "; did you mean " + folder.path() + "/edge.toml?");
    CHECK(cli::did_you_mean_file(folder.path() + "/something", ".toml").empty());
    CHECK(cli::did_you_mean_file(folder.path() + "/none/edge.toml", "").empty());
}

TEST_CASE("an import into a file says how to see what it changes", "[cli][import]") {
    const ScratchFolder folder;
    put(folder.path() + "/99-trading.conf", "vm.swappiness = 1\n");
    Answers answers;
    const Printed printed =
        nanotune::test::nanotune(answers, {"import", "sysctl", folder.path() + "/99-trading.conf",
                                           "--out", folder.path() + "/mine.toml"});
    CHECK(printed.status == 0);
    CHECK_THAT(printed.out, Contains("See what it changes with: nanotune plan " + folder.path() +
                                     "/mine.toml\n"));
}

TEST_CASE("an import of what is not there says what may be meant, and one of a file has no root",
          "[cli][import]") {
    const ScratchFolder folder;
    put(folder.path() + "/99-trading.conf", "vm.swappiness = 1\n");
    put(folder.path() + "/usr/lib/tuned/trading-floor/tuned.conf", "[main]\ninclude=balancd\n");
    put(folder.path() + "/usr/lib/tuned/balanced/tuned.conf", "[main]\n");
    Answers answers;
    const auto said = [&](const std::vector<std::string>& words) {
        const Printed printed = nanotune::test::nanotune(answers, words);
        CHECK(printed.status == 1);
        return printed.error;
    };
    CHECK_THAT(said({"import", "sysctl", folder.path() + "/99-tradng.conf"}),
               Contains("did you mean " + folder.path() + "/99-trading.conf?"));
    CHECK_THAT(said({"import", "tuned", "trading-flor", "--root", folder.path()}),
               Contains("did you mean trading-floor?"));
    CHECK_THAT(said({"import", "tuned", "trading-floor", "--root", folder.path()}),
               Contains("profile balancd, which") && Contains("did you mean balanced?"));
    CHECK_THAT(said({"import", "sysctl", folder.path() + "/99-trading.conf", "--root", "/mnt"}),
               Contains("--root goes with nanotune import tuned, not with sysctl"));
}
