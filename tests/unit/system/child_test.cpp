// Work in a child may end in any way without harm to its parent.
#include "system/storage/child.hpp"

#include <cstdlib>
#include <string_view>

#include <signal.h>  // NOLINT: kill is POSIX
#include <unistd.h>

#include "support/catch.hpp"

using namespace nanotune;
using namespace std::chrono_literals;

namespace {

void say(std::string_view words) {
    if (write(STDERR_FILENO, words.data(), words.size()) < 0) {
        std::abort();
    }
}

}  // namespace

TEST_CASE("work that returns zero went well", "[child]") {
    CHECK(in_child([] { return 0; }, 20s));
}

TEST_CASE("what work in a child has found is there, where it went well", "[child]") {
    const auto found = found_in_child(
        [](std::string& text) {
            text = "a line\nand another";
            return 0;
        },
        20s);
    REQUIRE(found);
    CHECK(*found == "a line\nand another");
    const auto nothing = found_in_child(
        [](std::string& text) {
            text = "half of it";
            say("why");
            return 1;
        },
        20s);
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().message == "why (exit status 1)");
}

TEST_CASE("work that is ended in the middle did not go well, whatever status it ends with",
          "[child]") {
    const Status status = in_child(
        []() -> int {
            say("bye");
            _exit(0);
        },
        20s);
    REQUIRE_FALSE(status);
    CHECK(status.error().message == "bye (ended in the middle)");
}

TEST_CASE("work that returns something else is told with its words", "[child]") {
    const Status status = in_child(
        [] {
            say("no symbol nanotune_plugin\n");
            return 3;
        },
        20s);
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::damaged);
    CHECK(status.error().message == "no symbol nanotune_plugin (exit status 3)");
}

TEST_CASE("work that crashes is told by its signal", "[child]") {
    const Status status = in_child([] { return raise(SIGSEGV); }, 20s);
    REQUIRE_FALSE(status);
    CHECK(status.error().message == "killed by SIGSEGV");
}

TEST_CASE("work that does not end is killed at its limit", "[child]") {
    const auto begin = std::chrono::steady_clock::now();
    const Status status = in_child(
        [] {
            while (true) {
                pause();
            }
            return 0;
        },
        100ms);
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::timed_out);
    CHECK(status.error().message == "not done after 100 ms");
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("work that talks without end is cut short, and not waited for", "[child]") {
    const Status status = in_child(
        [] {
            const std::string much(100'000, 'x');
            for (int times = 0; times < 20; ++times) {
                say(much);
            }
            return 1;
        },
        20s);
    REQUIRE_FALSE(status);
    CHECK(status.error().message.size() < 5000);
}

TEST_CASE("work has nothing to read and nowhere to print", "[child]") {
    CHECK(in_child(
        [] {
            char byte = 0;
            const bool is_silent = read(STDIN_FILENO, &byte, 1) == 0;
            return is_silent && isatty(STDOUT_FILENO) == 0 ? 0 : 1;
        },
        20s));
}

TEST_CASE("work that leaves somebody behind is done when it ends itself", "[child]") {
    const auto begin = std::chrono::steady_clock::now();
    CHECK(in_child(
        [] {
            if (fork() == 0) {
                alarm(2);  // holds the pipe open a while longer
                pause();
            }
            return 0;
        },
        20s));
    CHECK(std::chrono::steady_clock::now() - begin < 1500ms);
}
