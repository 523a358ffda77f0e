// That somebody has written the host's file is heard, or seen.
#include "daemon/host_file_watch.hpp"

#include <filesystem>
#include <fstream>
#include <vector>

#include <fmt/core.h>
#include <sched.h>
#include <sys/resource.h>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"
#include "system/storage/child.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::daemon::HostFileWatch;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr int no_namespace = 120;

void put(const std::string& file, const std::string& text) {
    std::ofstream(file) << text;
}

struct HostFileScene {
    ScratchFolder scratch;
    std::string folder = scratch.path() + "/etc";
    std::string file = folder + "/host.toml";
    std::vector<std::string> said;
    HostFileWatch::Clock::time_point now = HostFileWatch::Clock::now();

    HostFileWatch watch() {
        return {file, [this](const std::string& text) { said.push_back(text); }};
    }
};

}  // namespace

TEST_CASE_METHOD(HostFileScene, "a host's file is heard of that comes with its folder",
                 "[daemon][hostfile]") {
    HostFileWatch heard = watch();
    CHECK_FALSE(heard.process(now));
    fs::create_directory(folder);
    CHECK_FALSE(heard.process(now));
    put(file, "mode = 'tune'\n");
    CHECK(heard.process(now));
    put(folder + "/other", "");
    CHECK_FALSE(heard.process(now));
    fs::remove(file);
    CHECK(heard.process(now));
    CHECK(heard.patience(now) == -1);
    CHECK(said.empty());
}

TEST_CASE_METHOD(HostFileScene, "what is written behind a link is heard, and so is another link",
                 "[daemon][hostfile]") {
    const std::string first = scratch.path() + "/first";
    const std::string second = scratch.path() + "/second";
    for (const std::string& each : {folder, first, second}) {
        fs::create_directory(each);
    }
    put(first + "/shared.toml", "[drift]\npoll = 600\n");
    put(second + "/shared.toml", "[drift]\npoll = 60\n");
    fs::create_directory_symlink(first, scratch.path() + "/current");
    fs::create_symlink(scratch.path() + "/current/shared.toml", file);
    HostFileWatch heard = watch();
    CHECK_FALSE(heard.process(now));
    put(first + "/shared.toml", "[drift]\npoll = 1\n");
    CHECK(heard.process(now));
    fs::create_directory_symlink(second, scratch.path() + "/next");
    fs::rename(scratch.path() + "/next", scratch.path() + "/current");
    CHECK(heard.process(now));
    put(second + "/new.toml", "[drift]\npoll = 2\n");
    fs::rename(second + "/new.toml", second + "/shared.toml");
    CHECK(heard.process(now));
    CHECK_FALSE(heard.process(now));
}

TEST_CASE_METHOD(HostFileScene,
                 "where the kernel watches no more files, that is said, and it is looked at",
                 "[daemon][hostfile]") {
    fs::create_directory(folder);
    put(file, "mode = 'tune'\n");
    const bool has_none = GENERATE(true, false);
    const std::string why = has_none ? "Too many open files" : "No space left on device";
    const Status done = in_child(
        [&, this] {
            rlimit files{};
            ::getrlimit(RLIMIT_NOFILE, &files);
            if (const rlimit none{.rlim_cur = 0, .rlim_max = files.rlim_max}; has_none) {
                ::setrlimit(RLIMIT_NOFILE, &none);
            } else {  // the limit of a user namespace is as good as the host's
                if (::unshare(CLONE_NEWUSER) != 0) {
                    return no_namespace;
                }
                put("/proc/self/uid_map", "0 0 1\n");
                put("/proc/sys/user/max_inotify_watches", "0\n");
            }
            HostFileWatch seen = watch();
            ::setrlimit(RLIMIT_NOFILE, &files);
            if (said.size() != 1 || !said.front().contains(why) ||
                !said.front().contains("max_user_watches")) {
                return 1;
            }
            if (seen.patience(now) <= 0 || seen.process(now)) {
                return 2;
            }
            put(file, "mode = 'observe'\n");
            if (seen.process(now + 20s)) {
                return 3;
            }
            if (!seen.process(now + 31s) || seen.process(now + 40s) || seen.process(now + 70s)) {
                return 4;
            }
            return said.size() == 1 ? 0 : 5;
        },
        20s);
    const std::string end = done ? std::string() : done.error().message;
    if (!has_none && end == fmt::format("exit status {}", no_namespace)) {
        WARN("not tried where watches run out: there are no user namespaces in a chroot");
        return;
    }
    INFO(end);
    CHECK(done);
}
