// One holder at a time, known by name to those who wait.
#include <array>
#include <fstream>
#include <thread>
#include <vector>

#include <signal.h>  // NOLINT: kill is POSIX
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch_folder.hpp"
#include "support/catch.hpp"
#include "system/storage/child.hpp"
#include "system/storage/storage.hpp"

using namespace nanotune;
using namespace std::chrono_literals;

namespace {

/// Another process that holds the lock until it is killed or destroyed.
class OtherHolder {
  public:
    OtherHolder(const std::string& path, const std::string& command) {
        std::array<int, 2> ends{};
        REQUIRE(pipe(ends.data()) == 0);
        const Descriptor ready(ends[0]);
        Descriptor says_ready(ends[1]);
        pid_ = fork();
        if (pid_ == 0) {
            const auto lock = Lock::acquire(path, command, 0ms);
            const char verdict = lock ? 'y' : 'n';
            if (write(says_ready.number(), &verdict, 1) == 1) {
                pause();
            }
            _exit(0);
        }
        says_ready = Descriptor();
        char verdict = 'n';
        REQUIRE(read(ready.number(), &verdict, 1) == 1);
        REQUIRE(verdict == 'y');
    }
    ~OtherHolder() { end(); }
    OtherHolder(const OtherHolder&) = delete;
    OtherHolder(OtherHolder&&) = delete;
    OtherHolder& operator=(const OtherHolder&) = delete;
    OtherHolder& operator=(OtherHolder&&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    void end() {
        if (pid_ > 0) {
            kill(pid_, SIGKILL);
            waitpid(pid_, nullptr, 0);
            pid_ = 0;
        }
    }

  private:
    pid_t pid_ = 0;
};

/// Another process that after a while removes the lock that `holder` has, holds the one that is
/// there instead, and ends that holder.
class Successor {
  public:
    Successor(const std::string& path, const std::string& command, const OtherHolder& holder)
        : pid_(fork()) {
        if (pid_ == 0) {
            usleep(50'000);
            unlink(path.c_str());
            const auto lock = Lock::acquire(path, command, 0ms);
            kill(holder.pid(), SIGKILL);
            pause();
            _exit(lock ? 0 : 1);
        }
    }
    ~Successor() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    Successor(const Successor&) = delete;
    Successor(Successor&&) = delete;
    Successor& operator=(const Successor&) = delete;
    Successor& operator=(Successor&&) = delete;

  private:
    pid_t pid_;
};

}  // namespace

TEST_CASE("a lock is released at the end of its life", "[lock]") {
    const ScratchFolder folder;
    {
        REQUIRE(Lock::acquire(folder.at("lock"), "apply", 0ms));
    }
    CHECK(Lock::acquire(folder.at("lock"), "verify", 0ms));
}

TEST_CASE("who finds the lock taken learns who holds it, and for what", "[lock]") {
    const ScratchFolder folder;
    const OtherHolder other(folder.at("lock"), "apply hft.toml");
    const auto lock = Lock::acquire(folder.at("lock"), "verify", 0ms);
    REQUIRE_FALSE(lock);
    CHECK(lock.error().code == ErrorCode::busy);
    std::string comm;
    std::ifstream("/proc/self/comm") >> comm;
    CHECK(lock.error().message == folder.at("lock") + ": held by " + comm + " (process " +
                                      std::to_string(other.pid()) + ": apply hft.toml)");
}

TEST_CASE("who waits gets the lock as soon as its holder dies", "[lock]") {
    const ScratchFolder folder;
    OtherHolder other(folder.at("lock"), "apply");
    const auto begin = std::chrono::steady_clock::now();
    const std::jthread killer([&] {
        std::this_thread::sleep_for(100ms);
        kill(other.pid(), SIGKILL);
    });
    CHECK(Lock::acquire(folder.at("lock"), "rollback", 20s));
    const auto waited = std::chrono::steady_clock::now() - begin;
    CHECK(waited >= 100ms);
    CHECK(waited < 10s);
}

TEST_CASE("who waits for a lock that is removed takes the one that is there by then", "[lock]") {
    const ScratchFolder folder;
    const std::string path = folder.at("lock");
    const OtherHolder first(path, "apply");
    const Successor second(path, "rollback", first);
    const auto lock = Lock::acquire(path, "verify", 1s);
    REQUIRE_FALSE(lock);
    CHECK(lock.error().message.contains("rollback"));
}

TEST_CASE("who waits gives up when patience ends", "[lock]") {
    const ScratchFolder folder;
    const OtherHolder other(folder.at("lock"), "apply");
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(Lock::acquire(folder.at("lock"), "verify", 60ms));
    CHECK(std::chrono::steady_clock::now() - begin >= 60ms);
}

TEST_CASE("the note of a former holder does not outlive a shorter one", "[lock]") {
    const ScratchFolder folder;
    REQUIRE(Lock::acquire(folder.at("lock"), "a command of many words", 0ms));
    const auto lock = Lock::acquire(folder.at("lock"), "short", 0ms);
    REQUIRE(lock);
    CHECK(folder.text("lock").starts_with(std::to_string(getpid()) + " "));
    CHECK(folder.text("lock").ends_with(" short\n"));
    CHECK_FALSE(folder.text("lock").contains("words"));
}

TEST_CASE("the note of a former holder does not outlive one that cannot be written", "[lock]") {
    const ScratchFolder folder;
    REQUIRE(Lock::acquire(folder.at("lock"), "a former command", 0ms));
    const auto has_left_it = [&folder] {
        const rlimit none{};
        if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &none) != 0) {
            return 1;
        }
        const auto lock = Lock::acquire(folder.at("lock"), "rollback", 0ms);
        return !lock ? 2 : (folder.text("lock").empty() ? 0 : 3);
    };
    CHECK(in_child(has_left_it, 20s));
}

TEST_CASE("who holds the lock is told as far as a note has room", "[lock]") {
    const ScratchFolder folder;
    const OtherHolder other(folder.at("lock"), std::string(5000, 'x'));
    const auto lock = Lock::acquire(folder.at("lock"), "verify", 0ms);
    REQUIRE_FALSE(lock);
    CHECK(lock.error().message.contains(std::to_string(other.pid()) + ": xxxx"));
}

TEST_CASE("a lock that cannot be made is not waited for", "[lock]") {
    const ScratchFolder folder;
    const auto lock = Lock::acquire(folder.at("absent/lock"), "apply", 20s);
    REQUIRE_FALSE(lock);
    CHECK(lock.error().code == ErrorCode::not_found);
}

TEST_CASE("a note of a process that has ended blames nobody", "[lock]") {
    const ScratchFolder folder;
    const OtherHolder other(folder.at("lock"), "apply");
    const auto note = GENERATE(as<std::string>{}, "", "1 1 init of another boot", "999999999 5 x");
    std::ofstream(folder.at("lock")) << note;
    const auto lock = Lock::acquire(folder.at("lock"), "verify", 0ms);
    REQUIRE_FALSE(lock);
    CHECK(lock.error().message.contains("(process " + std::to_string(other.pid()) + ": "));
    CHECK_FALSE(lock.error().message.contains("another boot"));
}

TEST_CASE("of many who want the lock at once every loser can name a holder", "[lock]") {
    const ScratchFolder folder;
    constexpr int contenders = 12;
    std::vector<std::pair<pid_t, int>> children;
    for (int i = 0; i < contenders; ++i) {
        std::array<int, 2> ends{};
        REQUIRE(pipe(ends.data()) == 0);
        const pid_t child = fork();
        if (child == 0) {
            const auto lock = Lock::acquire(folder.at("lock"), "apply", 0ms);
            const std::string said = lock ? "held" : lock.error().message;
            std::this_thread::sleep_for(lock ? 300ms : 0ms);
            const bool is_said =
                write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
            _exit(is_said ? 0 : 1);
        }
        close(ends[1]);
        children.emplace_back(child, ends[0]);
    }
    int held = 0;
    for (const auto& [child, end] : children) {
        std::array<char, 512> buffer{};
        const auto size = read(end, buffer.data(), buffer.size());
        close(end);
        waitpid(child, nullptr, 0);
        const std::string said(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        INFO(said);
        held += said == "held" ? 1 : 0;
        CHECK((said == "held" || said.contains("(process ")));
    }
    CHECK(held >= 1);
}
