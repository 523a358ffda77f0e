#include "service/instance.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/held.hpp"
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
        CHECK(held(instance_for("/run/state", file)).process == ::getpid());
        CHECK_FALSE(instance_for("/run/other", file));
    }
    CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("who has just started is told from who has not", "[service]") {
    CHECK(in_another_process(
        [] { return has_started_within(std::chrono::minutes(10), ::getpid()); }));
    CHECK_FALSE(has_started_within(std::chrono::milliseconds(0), ::getpid()));
    CHECK_FALSE(has_started_within(std::chrono::hours(24), 0));
}

TEST_CASE("everybody finds a daemon, whatever its umask", "[service]") {
    const ScratchFolder folder;
    const std::string file = folder.path() + "/there/instance";
    const mode_t before = ::umask(077);
    const auto note = InstanceNote::leave("/run/state", file);
    ::umask(before);
    REQUIRE(note);
    using std::filesystem::perms;
    const auto open = perms::others_read | perms::others_exec;
    CHECK((std::filesystem::status(folder.path() + "/there").permissions() & open) == open);
    CHECK((std::filesystem::status(file).permissions() & perms::others_read) != perms::none);
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

TEST_CASE("a daemon that runs is found whatever another one beside it leaves, and removes",
          "[service]") {
    const ScratchFolder folder;
    const std::string file = folder.path() + "/instance";
    const auto note = InstanceNote::leave("/run/state", file);
    REQUIRE(note);
    CHECK(in_another_process([&file] {
        const auto other = InstanceNote::leave("/run/other", file);
        return !other && other.error().code == ErrorCode::busy;
    }));
    CHECK(instance_for("/run/state", file));
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

TEST_CASE("who lives in a state folder for a while is told from a daemon", "[service]") {
    const ScratchFolder folder;
    const auto seen = [&](std::string_view command) {
        const auto residence = Residence::take(folder.path(), command);
        REQUIRE(residence);
        CHECK_FALSE(passing_resident(folder.path()));
        return in_another_process([&] {
            const auto who = passing_resident(folder.path());
            return who && who->contains(": nanotune prove)");
        });
    };
    CHECK(seen("nanotune prove"));
    CHECK_FALSE(seen(daemon_command));
    CHECK_FALSE(passing_resident(folder.path()));
}

TEST_CASE("who waits for a lock gets it as soon as a resident that was killed has let go",
          "[service]") {
    const ScratchFolder folder;
    const std::string lock = folder.path() + "/lock";
    std::array<int, 2> ready{};
    REQUIRE(::pipe(ready.data()) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto residence = Residence::take(folder.path(), "nanotune prove");
        static_cast<void>(::write(ready[1], residence ? "y" : "n", 1));
        ::pause();
        ::_exit(0);
    }
    char answer = 'n';
    REQUIRE(::read(ready[0], &answer, 1) == 1);
    REQUIRE(answer == 'y');
    CHECK_FALSE(Lock::acquire(lock, "nanotune apply", {}));
    std::thread later([child] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        ::kill(child, SIGKILL);
    });
    CHECK(Lock::acquire(lock, "nanotune guard", std::chrono::minutes(10)));
    later.join();
    ::waitpid(child, nullptr, 0);
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
