// Other programs, as certify asks them.
#include "system/storage/program.hpp"

#include <chrono>

#include "support/catch.hpp"

using namespace nanotune;
using namespace std::chrono_literals;

TEST_CASE("what a program prints is its answer", "[program]") {
    CHECK(output_of({"cat", "/proc/sys/kernel/ostype"}, 10s).value() == "Linux\n");
    CHECK(output_of({"env"}, 10s).value() == "LC_ALL=C\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n");
    CHECK(output_of({"cat"}, 10s).value().empty());  // nothing to read
}

TEST_CASE("no word is a shell's", "[program]") {
    CHECK(output_of({"echo", "$HOME; id", "*"}, 10s).value() == "$HOME; id *\n");
}

TEST_CASE("a program that fails says why, or how it ended", "[program]") {
    const auto missing = output_of({"cat", "/nowhere"}, 10s);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == ErrorCode::refused);
    CHECK(missing.error().message == "cat: cat: /nowhere: No such file or directory");
    CHECK(output_of({"false"}, 10s).error().message == "false: it ended with 1");
}

TEST_CASE("a program is looked for in the system's folders alone", "[program]") {
    const auto absent = output_of({"no-such-program-here"}, 10s);
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == ErrorCode::not_found);
    CHECK(absent.error().message == "no-such-program-here is not installed");
    CHECK(output_of({"/bin/true"}, 10s).error().code == ErrorCode::not_found);
    CHECK(output_of({"../bin/true"}, 10s).error().code == ErrorCode::not_found);
}

TEST_CASE("a program that takes too long is ended", "[program]") {
    const auto late = output_of({"sleep", "600"}, 50ms);
    REQUIRE_FALSE(late);
    CHECK(late.error().code == ErrorCode::timed_out);
    CHECK(late.error().message == "sleep did not answer within 50 ms");
}

TEST_CASE("an answer beyond the limit is cut, and waited for", "[program]") {
    CHECK(output_of({"head", "--bytes=1000000", "/dev/zero"}, 30s).value().size() == 256UL * 1024);
}
