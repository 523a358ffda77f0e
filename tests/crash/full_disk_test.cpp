// A state folder on a file system that is full, or cannot be written, mounted for real in a mount
// namespace of a child.
#include <cstdlib>
#include <fstream>

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr auto low_swap = "[memory]\nswappiness = 10\n";

/// What `work` says in a child whose `folder` is a tmpfs with these options.
std::string said_on(const std::string& folder, const std::string& options, unsigned long flags,
                    const std::function<std::string()>& work) {
    const ScratchFolder answers;
    const std::string answer = answers.path() + "/said";
    const pid_t child = ::fork();
    if (child == 0) {
        const int spaces = ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
        const bool is_ready =
            ::unshare(spaces) == 0 &&
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
            ::mount("tmpfs", folder.c_str(), "tmpfs", flags, options.c_str()) == 0;
        std::ofstream(answer) << (is_ready ? work() : "this test cannot mount a tmpfs");
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    std::ifstream file(answer);
    return {std::istreambuf_iterator<char>(file), {}};
}

FakeHost plain_host() {
    return given::host().with_sysctl("vm.swappiness", "60");
}

/// The report and, behind it, what happened to the host.
std::string applied(const std::string& profile, FakeHost host, const std::string& folder) {
    const FakeHost before = host;
    EngineOn engine(host, folder);
    const Report report = engine.apply(profile);
    return text_of(report) + std::to_string(engine.system().writes().size()) + " writes\n" +
           difference(before, host);
}

}  // namespace

TEST_CASE("apply refuses to start on a disk that is full", "[crash][disk]") {
    const ScratchFolder folder;
    const std::string said = said_on(folder.path(), "size=16k", 0, [&] {
        return applied(low_swap, plain_host(), folder.path());
    });
    INFO(said);
    CHECK(said.contains("exit 1, clean\n"));
    CHECK(said.contains("No space left on device"));
    CHECK(said.ends_with("0 writes\n"));
}

TEST_CASE("apply refuses to start in a state folder that cannot be written", "[crash][disk]") {
    const ScratchFolder folder;
    const std::string said = said_on(folder.path(), "", MS_RDONLY, [&] {
        return applied(low_swap, plain_host(), folder.path());
    });
    INFO(said);
    CHECK(said.contains("exit 1, clean\n"));
    CHECK(said.contains("Read-only file system"));
    CHECK(said.ends_with("0 writes\n"));
}

TEST_CASE("a disk that fills up while the intents are written leaves the host as it was",
          "[crash][disk]") {
    FakeHost host = given::host();
    std::string profile = "[sysctl]\n";
    for (unsigned i = 0; i < 2000; ++i) {
        const std::string name = "net.ipv4.conf.port" + std::to_string(i) + ".rp_filter";
        host.with_sysctl(name, "0");
        profile += "\"" + name + "\" = 1\n";
    }
    const ScratchFolder folder;
    const std::string said = said_on(folder.path(), "size=128k", 0,
                                     [&] { return applied(profile, host, folder.path()); });
    INFO(said.substr(0, 500));
    CHECK_FALSE(said.contains("exit 0"));
    CHECK(said.contains("No space left on device"));
    CHECK(said.ends_with("0 writes\n"));
}
