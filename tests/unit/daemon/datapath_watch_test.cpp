// That something has happened to a datapath is heard, or seen.
#include "daemon/datapath_watch.hpp"

#include <filesystem>
#include <fstream>

#include <sys/resource.h>

#include "support/catch.hpp"
#include "support/held.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::daemon::DatapathWatch;
using nanotune::daemon::FolderNotices;
using namespace std::chrono_literals;

namespace {

struct DatapathScene {
    ScratchFolder scratch;
    std::vector<std::string> said;
    DatapathWatch::Clock::time_point now = DatapathWatch::Clock::now();

    cli::KeptDatapaths kept() const {
        cli::ServiceOptions options;
        options.state_folder = scratch.path();
        auto kept = cli::KeptDatapaths::of(options);
        REQUIRE(kept);
        return *std::move(kept);
    }
    FolderNotices::Log log() {
        return [this](const std::string& text) { said.push_back(text); };
    }
};

}  // namespace

TEST_CASE_METHOD(
    DatapathScene,
    "where the kernel tells nothing of datapaths, that is said, and they are looked at",
    "[daemon][datapath]") {
    cli::KeptDatapaths there = kept();
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    const rlimit none{.rlim_cur = 0, .rlim_max = files.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    DatapathWatch seen(std::move(there), log());
    ::setrlimit(RLIMIT_NOFILE, &files);
    REQUIRE_FALSE(said.empty());
    CHECK(said.front().starts_with("watch the datapaths in "));
    CHECK(said.front().contains("looking alone, each 30 s"));
    CHECK(seen.number() == -1);
    CHECK(seen.patience(now) > 0);
    CHECK_FALSE(seen.process(now));
    CHECK(seen.process(now + 31s));
    CHECK_FALSE(seen.process(now + 40s));
    CHECK(seen.process(now + 62s));
}

TEST_CASE_METHOD(DatapathScene,
                 "datapaths that cannot be read are shown as they were, which is said once",
                 "[daemon][datapath]") {
    DatapathWatch heard(kept(), log());
    CHECK(said.empty());
    const std::string folder = heard.kept().folder();
    std::filesystem::create_directories(std::filesystem::path(folder).parent_path());
    CHECK_FALSE(heard.look(now));
    std::ofstream(folder) << "in the way";
    CHECK(heard.process(now));
    REQUIRE(said.size() == 1);
    CHECK(said.front().starts_with("datapaths are shown as they were: "));
    std::ofstream(folder) << "still";
    heard.look(now);
    CHECK(said.size() == 1);
}
