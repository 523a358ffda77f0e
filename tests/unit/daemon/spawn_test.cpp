// What a worker's program says when it is asked, and how it is told that it did not.
#include "worker/spawn.hpp"

#include "support/catch.hpp"

using namespace nanotune;
using namespace std::chrono_literals;

namespace {

Result<std::string> said_by(const std::string& script, std::chrono::milliseconds patience = 30s) {
    const std::string words[] = {"-c", script};
    return worker::output_of("/bin/sh", words, patience);
}

}  // namespace

TEST_CASE("what a program says is taken whole", "[worker][spawn]") {
    CHECK(said_by("echo one; echo two").value() == "one\ntwo\n");
}

TEST_CASE("a program that fails has its own words told", "[worker][spawn]") {
    CHECK(said_by("echo 'sh: no such file' >&2; exit 1").error().message == "no such file");
    CHECK(said_by("exit 3").error().message == "/bin/sh: ended with 3");
}

TEST_CASE("a program that is killed is told as that, whatever it had said", "[worker][spawn]") {
    CHECK(said_by("echo half a report; kill -SEGV $$").error().message ==
          "/bin/sh: killed by SIGSEGV");
}

TEST_CASE("a program that does not answer is not waited for", "[worker][spawn]") {
    CHECK(said_by("exec sleep 600", 50ms).error().code == ErrorCode::timed_out);
}
