// A number of a process means nothing without its start time.
#include "process/task_stat.hpp"

#include "process/scheduling_text.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::test;
using namespace nanotune::process;

namespace {

std::string line(std::string_view comm) {
    return "1234 (" + std::string(comm) +
           ") S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 -61 -5 1 0 567890 52174848 4925";
}

}  // namespace

TEST_CASE("a name of a thread may hold spaces and parentheses", "[process]") {
    for (const char* comm : {"feed", "rx 0", "(sd-pam)", "a) S 9 9", ""}) {
        const auto stat = held(TaskStat::from(line(comm)));
        CHECK(stat.comm == comm);
        CHECK(stat.state == 'S');
        CHECK(stat.nice == -5);
        CHECK(stat.start == 567890);
    }
}

TEST_CASE("flags tell the kernel's own threads, and those that nobody may move", "[process]") {
    const auto with_flags = [](const std::string& flags) {
        return held(TaskStat::from("2 (kthreadd) S 0 0 0 0 -1 " + flags +
                                   " 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0"));
    };
    CHECK_FALSE(with_flags("4194560").is_kernel);
    CHECK(with_flags("2129984").is_kernel);
    CHECK_FALSE(with_flags("2129984").is_bound);
    CHECK(with_flags("69238848").is_kernel);
    CHECK(with_flags("69238848").is_bound);
}

TEST_CASE("a line that is not complete is no stat", "[process]") {
    for (const char* text : {"", "1234", "1234 (feed", "1234 (feed) S 1", "1234 )feed( S 1 1 1"}) {
        INFO(text);
        CHECK_FALSE(TaskStat::from(text));
    }
    const std::string whole = line("feed");
    CHECK_FALSE(TaskStat::from(whole.substr(0, whole.find("567890"))));
}

TEST_CASE("processes and threads are named by number and start", "[process]") {
    const auto process = held(TaskName::of_process("1234:567890"));
    CHECK(process.process == 1234);
    CHECK(process.thread == 1234);
    CHECK(process.start == 567890);
    const auto thread = held(TaskName::of_thread("1234/1240:567891"));
    CHECK(thread.process == 1234);
    CHECK(thread.thread == 1240);
    CHECK(thread.text() == "1234/1240:567891");
    for (const char* text : {"", "1234", "1234:", ":1", "a:1", "1:b", "-1:1", "rx-* of feed"}) {
        INFO(text);
        CHECK_FALSE(TaskName::of_process(text));
        CHECK_FALSE(TaskName::of_thread(text));
    }
}

TEST_CASE("a thread whose number came back as another's is gone", "[process]") {
    FakeHost host = given::host().with_process("feed", {.pid = 300, .start = 1000});
    FakeSystem system(host);
    CHECK(living(system.files(), {300, 300, 1000}).value().comm == "feed");
    const auto later = living(system.files(), {300, 300, 999});
    REQUIRE_FALSE(later);
    CHECK(later.error().code == ErrorCode::not_found);
    CHECK(later.error().message.contains("another's"));
    CHECK(living(system.files(), {300, 301, 1000}).error().code == ErrorCode::not_found);
}

TEST_CASE("scheduling is one word in both directions", "[process]") {
    for (const char* word : {"fifo:1", "fifo:99", "rr:10", "other", "batch", "idle"}) {
        INFO(word);
        CHECK(scheduling_text(held(scheduling_from(word))) == word);
    }
    for (const char* word : {"fifo", "fifo:", "fifo:0", "fifo:100", "fifo:-1", "fifo:8x", "other:1",
                             "deadline", "ext", "fast", "", ":"}) {
        INFO(word);
        CHECK_FALSE(scheduling_from(word));
    }
    CHECK(scheduling_text(Scheduling{.policy = 6}) == "deadline");
    CHECK(scheduling_text(Scheduling{.policy = 42}) == "policy 42");
}
