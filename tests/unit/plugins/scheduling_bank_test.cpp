// One thread's scheduling and CPUs, and nobody else's.
#include "process/scheduling_bank.hpp"

#include "process/discovery.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/given_kernel_threads.hpp"

using namespace nanotune;
using namespace nanotune::test;
using namespace nanotune::process;

namespace {

constexpr Tunable settings[] = {
    {.name = "thread.scheduling", .domain = text()},
    {.name = "thread.cpus", .domain = cpu_list()},
    {.name = "thread.timer_slack", .domain = integer(1, 1'000'000'000, Unit::nanoseconds)},
};
const Tunable& scheduling = settings[0];
const Tunable& cpus = settings[1];
const Tunable& timer_slack = settings[2];

const SchedulingBank& bank() {
    static const SchedulingBank bank(settings, BankPlace{Stage::processes, none});
    return bank;
}

const Target receiver{"thread", "300/301:1000"};

FakeHost host_with_feed() {
    return given::host().with_process("feed",
                                      {.pid = 300, .threads = {{.id = 301, .name = "rx-0"}}});
}

Result<Reading> read(FakeHost& host, const Target& target, const Tunable& tunable) {
    FakeSystem system(host);
    const Tunable* const wanted[] = {&tunable};
    return bank().read(system, target, wanted).at(0);
}

Status write(FakeHost& host, const Target& target, const Tunable& tunable, Value value) {
    FakeSystem system(host);
    const Assignment assignments[] = {{&tunable, std::move(value)}};
    return bank().write(system, target, assignments).at(0);
}

}  // namespace

TEST_CASE("a thread changes alone", "[process]") {
    FakeHost host = host_with_feed();
    REQUIRE(write(host, receiver, scheduling, std::string("fifo:80")));
    REQUIRE(write(host, receiver, cpus, CpuSet::of(2)));
    CHECK(read(host, receiver, scheduling).value().value == Value{std::string("fifo:80")});
    CHECK(read(host, receiver, cpus).value().value == Value{CpuSet::of(2)});
    const Target first{"thread", "300/300:1000"};
    CHECK(read(host, first, scheduling).value().value == Value{std::string("other")});
    CHECK(read(host, first, cpus).value().value == Value{CpuSet::range(0, 3)});
}

TEST_CASE("a thread that was real-time gets its own nice value back", "[process]") {
    FakeHost host = host_with_feed();
    const std::string stat = "/proc/300/task/301/stat";
    host.with(stat, "301 (rx-0) S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 -81 7 1 0 1000 1 1")
        .with(task_cell(301, "scheduling"), "1 80 0 0");
    REQUIRE(write(host, receiver, scheduling, std::string("other")));
    CHECK(host.text(task_cell(301, "scheduling")) == "0 0 7 0");
}

TEST_CASE("a thread whose children start as normal ones keeps it so", "[process]") {
    FakeHost host = host_with_feed().with(task_cell(301, "scheduling"), "0 0 0 1");
    REQUIRE(write(host, receiver, scheduling, std::string("rr:5")));
    CHECK(host.text(task_cell(301, "scheduling")) == "2 5 0 1");
}

TEST_CASE("a thread that runs by deadline is left alone", "[process]") {
    FakeHost host = host_with_feed().with(task_cell(301, "scheduling"), "6 0 0 0");
    CHECK(read(host, receiver, scheduling).value().value == Value{std::string("deadline")});
    CHECK(write(host, receiver, scheduling, std::string("fifo:80")).error().code ==
          ErrorCode::refused);
    CHECK(host.text(task_cell(301, "scheduling")) == "6 0 0 0");
}

TEST_CASE("a number that is another thread's now is neither read nor written", "[process]") {
    FakeHost host = host_with_feed();
    const FakeHost before = host;
    const Target ended{"thread", "300/301:999"};
    CHECK(read(host, ended, cpus).error().code == ErrorCode::not_found);
    CHECK(write(host, ended, cpus, CpuSet::of(0)).error().code == ErrorCode::not_found);
    CHECK(write(host, ended, scheduling, std::string("fifo:1")).error().code ==
          ErrorCode::not_found);
    CHECK(difference(before, host).empty());
}

TEST_CASE("a thread that has not started is not found", "[process]") {
    FakeHost host = host_with_feed();
    const auto reading = read(host, {"thread", "rx-* of feed"}, cpus);
    CHECK(reading.error().code == ErrorCode::not_found);
}

TEST_CASE("the highest priority comes with a warning", "[process]") {
    FakeHost host = host_with_feed();
    REQUIRE(write(host, receiver, scheduling, std::string("fifo:98")));
    CHECK(read(host, receiver, scheduling).value().note.empty());
    REQUIRE(write(host, receiver, scheduling, std::string("fifo:99")));
    CHECK(read(host, receiver, scheduling).value().note.contains("migration"));
}

TEST_CASE("without CAP_SYS_NICE the missing capability is named", "[process]") {
    FakeHost host = host_with_feed();
    host.lacks(Capability::sys_nice);
    FakeSystem system(host);
    const Status allowed = bank().may_write(system, receiver, cpus);
    REQUIRE_FALSE(allowed);
    CHECK(allowed.error().code == ErrorCode::denied);
    CHECK(allowed.error().message.contains("CAP_SYS_NICE"));
}

TEST_CASE("in a user namespace real time is the host's to give, and not what a thread is bound to",
          "[process]") {
    FakeHost host = host_with_feed();
    host.cells["symlink:/proc/self/ns/user"] = "user:[4026532345]";
    FakeSystem system(host);
    const Status allowed = bank().may_write(system, receiver, scheduling);
    REQUIRE_FALSE(allowed);
    CHECK(allowed.error().code == ErrorCode::denied);
    CHECK(allowed.error().message ==
          "CAP_SYS_NICE is needed on the host itself, which no user namespace gives");
    CHECK(bank().may_write(system, receiver, cpus));
}

TEST_CASE("the slack of a thread's timers is that thread's alone", "[process]") {
    FakeHost host = host_with_feed();
    REQUIRE(write(host, receiver, timer_slack, std::int64_t{1}));
    CHECK(read(host, receiver, timer_slack).value().value == Value{std::int64_t{1}});
    CHECK(host.text("/proc/301/timerslack_ns") == "1");
    CHECK(host.text("/proc/300/timerslack_ns") == "50000");
}

TEST_CASE("a thread that the kernel binds is not moved", "[process]") {
    FakeHost host = given::with_kernel_thread(given::host(), "ksoftirqd/3",
                                              {.pid = 51, .cpus = "3", .is_bound = true});
    const Target thread{"thread", "51/51:10"};
    CHECK(read(host, thread, cpus).value().value == Value{CpuSet::of(3)});
    CHECK(write(host, thread, cpus, CpuSet::of(0)).error().code == ErrorCode::refused);
}
