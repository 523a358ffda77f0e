#include "service/instance.hpp"

#include <filesystem>

#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"
#include "system/storage/residence.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

/// What `work` says in a process of its own: whether it is so.
template <typename F>
bool in_another_process(F work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::_exit(work() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("a daemon that runs is found by those who use its state folder", "[service]") {
    const ScratchFolder folder;
    const std::string file = folder.path() + "/there/instance";
    CHECK_FALSE(instance_for("/run/state", file));
    {
        const auto note = InstanceNote::leave("/run/state", file);
        REQUIRE(note);
        const auto found = instance_for("/run/state", file);
        REQUIRE(found);
        CHECK(found->process == ::getpid());
        CHECK_FALSE(instance_for("/run/other", file));
    }
    CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("a daemon that has ended without a word is not found", "[service]") {
    const ScratchFolder folder;
    const std::string file = folder.path() + "/instance";
    CHECK(in_another_process([&file] {
        // NOLINTNEXTLINE: what is left behind is what a killed process leaves
        new auto(InstanceNote::leave("/run/state", file));
        return instance_for("/run/state", file).has_value();
    }));
    REQUIRE(std::filesystem::exists(file));
    CHECK_FALSE(instance_for("/run/state", file));
}

TEST_CASE("who lives in a state folder alone is at work there", "[service]") {
    const ScratchFolder folder;
    const std::string lock = folder.path() + "/lock";
    const auto residence = Residence::take(folder.path(), "nanotuned");
    REQUIRE(residence);
    CHECK(residence->stands());
    CHECK(Lock::acquire(lock, "nanotuned", {}));
    CHECK(in_another_process([&] {
        const auto taken = Lock::acquire(lock, "nanotune apply", {});
        const auto second = Residence::take(folder.path(), "nanotuned");
        return !taken && taken.error().code == ErrorCode::busy &&
               taken.error().message.contains(": nanotuned)") && !second &&
               second.error().code == ErrorCode::busy;
    }));
}

TEST_CASE("a state folder without a resident is anybody's", "[service]") {
    const ScratchFolder folder;
    {
        const auto residence = Residence::take(folder.path(), "nanotuned");
        REQUIRE(residence);
    }
    CHECK(in_another_process(
        [&] { return Lock::acquire(folder.path() + "/lock", "nanotune apply", {}).has_value(); }));
}

TEST_CASE("a residence whose folder is removed stands no more", "[service]") {
    const ScratchFolder folder;
    const auto residence = Residence::take(folder.path(), "nanotuned");
    REQUIRE(residence);
    std::filesystem::remove(folder.path() + "/resident");
    CHECK_FALSE(residence->stands());
}
