// Whether a program that starts is one that a profile may be about.
#include "daemon/process_match.hpp"

#include <filesystem>
#include <fstream>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using namespace nanotune::test;

namespace {

struct ProcScene {
    ScratchFolder folder;
    const std::string proc = folder.path();

    ProcScene() {
        const std::string own = proc + "/812";
        std::filesystem::create_directory(own);
        std::ofstream(own + "/comm") << "feed-handler\n";
        std::ofstream(own + "/cgroup") << "0::/system.slice/feed@1.service\n";
        std::filesystem::create_symlink("/opt/feed/bin/feed", own + "/exe");
    }
};

}  // namespace

TEST_CASE_METHOD(ProcScene, "a process is known by name, program and unit, all of them",
                 "[daemon][process]") {
    CHECK(fits({{"comm", "feed-*"}}, 812, proc));
    CHECK(fits({{"exe", "/opt/feed/bin/feed"}}, 812, proc));
    CHECK(fits({{"unit", "feed@*.service"}}, 812, proc));
    CHECK(fits({{"comm", "feed-handler"}, {"unit", "feed@1.service"}}, 812, proc));
    CHECK_FALSE(fits({{"comm", "feed-handler"}, {"unit", "other.service"}}, 812, proc));
    CHECK_FALSE(fits({{"comm", "feed"}}, 812, proc));
    CHECK_FALSE(fits({{"exe", "/opt/feed/*/other"}}, 812, proc));
}

TEST_CASE_METHOD(ProcScene, "a process is known by its user, by number and by name",
                 "[daemon][process]") {
    const auto of_user = [&](const std::string& number) {
        std::ofstream(proc + "/812/status") << "Name:\tfeed\nUid:\t0\t" << number << "\t0\t0\n";
    };
    of_user("0");
    CHECK(fits({{"user", "root"}}, 812, proc));
    CHECK(fits({{"user", "0"}}, 812, proc));
    CHECK_FALSE(fits({{"user", "trader"}}, 812, proc));
    CHECK_FALSE(fits({{"user", "root"}, {"comm", "other"}}, 812, proc));
    of_user("4123456");  // only a directory service may know what that is called
    CHECK(fits({{"user", "trader"}}, 812, proc));
}

TEST_CASE_METHOD(ProcScene, "a process that has ended, or that no program is, fits nothing",
                 "[daemon][process]") {
    CHECK_FALSE(fits({{"comm", "*"}}, 813, proc));
    CHECK_FALSE(fits({{"kthread", "*"}}, 812, proc));
}
