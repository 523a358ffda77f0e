#include "cli/progress.hpp"

#include <thread>

#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using Catch::Matchers::EndsWith;
using nanotune::test::Contains;

namespace {

/// What the progress line wrote while something took `time`.
std::string shown_during(std::chrono::milliseconds time, const Look& look) {
    std::string written;
    const Screen screen =
        Screen([](std::string_view) {}, [&written](std::string_view text) { written += text; })
            .with(look);
    {
        ProgressLine line(screen);
        if (const ProgressSink sink = line.sink(); sink) {
            sink({.doing = "nic.ring.rx on eth0", .done = 3, .total = 20});
        }
        std::this_thread::sleep_for(time);
    }
    return written;
}

}  // namespace

TEST_CASE("what is quick shows no progress", "[cli][progress]") {
    CHECK(
        shown_during(std::chrono::milliseconds(50), {.width = 80, .shows_progress = true}).empty());
}

TEST_CASE("what takes long says what it is at, and leaves an empty line", "[cli][progress]") {
    const std::string written =
        shown_during(std::chrono::milliseconds(700), {.width = 80, .shows_progress = true});
    CHECK_THAT(written, Contains("[3/20] nic.ring.rx on eth0") && EndsWith("\r\033[K"));
}

TEST_CASE("nobody watching, nothing is shown", "[cli][progress]") {
    CHECK(shown_during(std::chrono::milliseconds(700), {}).empty());
}

TEST_CASE("a progress text fits on its line", "[cli][progress]") {
    CHECK(
        progress_text({.doing = "a.very.long.setting on eth0", .done = 1, .total = 2}, 20).size() <
        20);
    CHECK(progress_text({.doing = "x", .done = 0, .total = 0}, 80) == "x");
}
