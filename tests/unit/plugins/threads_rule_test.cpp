// From the words of a section [process.NAME] to settings of single threads.
#include "process/threads_rule.hpp"

#include "process/discovery.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/given_kernel_threads.hpp"

using namespace nanotune;
using namespace nanotune::test;
using namespace nanotune::process;

namespace {

using Derived = std::expected<std::vector<Wish>, std::vector<Error>>;

constexpr Tunable keys[] = {
    {.name = "name", .domain = text()},
    {.name = "cpus", .domain = cpu_list()},
    {.name = "spread", .domain = choice("one-to-one | all-on-set")},
    {.name = "policy", .domain = choice("fifo | rr | other | batch | idle")},
    {.name = "priority", .domain = integer(0, 99)},
    {.name = "memory_nodes", .domain = node_list()},
    {.name = "threads", .domain = rows({})},
    {.name = "keep_off", .domain = cpu_list()},
    {.name = "timer_slack", .domain = integer(1, 1'000'000'000, Unit::nanoseconds)},
};

Setting setting(std::string_view name, Value value, std::uint32_t line = 1) {
    for (const Tunable& key : keys) {
        if (key.name == name) {
            return {.parameter = &key,
                    .value = std::move(value),
                    .rows = {},
                    .origin = {.file = "p.toml", .line = line, .column = 1}};
        }
    }
    FAIL("no such key: " << name);
    return {};
}

Setting threads(std::vector<Settings> each) {
    Setting list = setting("threads", std::string());
    list.rows = std::move(each);
    return list;
}

Value word(std::string text) {
    return text;
}

/// Main thread 300 and rx-0, rx-1, log as 301 to 303, on four CPUs.
FakeHost host_with_feed() {
    return given::host().with_process("feed", {.pid = 300,
                                               .unit = "feed.service",
                                               .threads = {{.id = 302, .name = "rx-1"},
                                                           {.id = 301, .name = "rx-0"},
                                                           {.id = 303, .name = "log"}}});
}

Derived derived(FakeHost host, std::vector<Setting> entries,
                const std::string& target = "300:1000") {
    FakeSystem system(host);
    const ThreadsRule rule(BankPlace{Stage::processes, processes}, keys);
    const Settings settings{std::move(entries)};
    const Candidate candidate{.target = {"process", target}, .facts = {{"comm", "feed"}}};
    const Topology topology{.present = CpuSet::range(0, 3),
                            .online = CpuSet::range(0, 3),
                            .isolated = {},
                            .cores = {},
                            .nodes = {}};
    const std::function<std::vector<Candidate>(std::string_view)> nobody = [](std::string_view) {
        return std::vector<Candidate>{};
    };
    return rule.derive(system, {candidate, settings, topology, nobody});
}

/// "301 thread.cpus=2", pending ones with a question mark.
std::vector<std::string> shown(const Derived& derived) {
    std::vector<std::string> lines;
    if (!derived) {
        for (const Error& error : derived.error()) {
            lines.push_back(error.message);
        }
        return lines;
    }
    for (const Wish& wish : *derived) {
        const Domain domain = std::holds_alternative<CpuSet>(wish.value) ? cpu_list()
                              : std::holds_alternative<std::int64_t>(wish.value)
                                  ? integer(0, 1'000'000'000)
                                  : text();
        std::string name = wish.target.name;
        if (wish.target.kind == "thread" && !wish.pending) {
            name = name.substr(4, 3);
        }
        lines.push_back(name + " " + wish.setting + "=" + printed(domain, wish.value) +
                        (wish.pending ? "?" : ""));
    }
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a section without rows is about every thread", "[process]") {
    CHECK(shown(derived(host_with_feed(), {setting("cpus", CpuSet::range(2, 3))})) ==
          Lines{"300 thread.cpus=2-3", "301 thread.cpus=2-3", "302 thread.cpus=2-3",
                "303 thread.cpus=2-3"});
}

TEST_CASE("rows take the threads that they name, the section has the others", "[process]") {
    const Settings receivers{{setting("name", word("rx-*")), setting("policy", word("fifo")),
                              setting("priority", std::int64_t{80})}};
    CHECK(shown(derived(host_with_feed(),
                        {setting("policy", word("batch")), threads({receivers})})) ==
          Lines{"301 thread.scheduling=fifo:80", "302 thread.scheduling=fifo:80",
                "300 thread.scheduling=batch", "303 thread.scheduling=batch"});
}

TEST_CASE("one-to-one gives each thread its CPU, in the order of their numbers", "[process]") {
    const Settings receivers{{setting("name", word("rx-?")), setting("cpus", CpuSet::range(2, 3)),
                              setting("spread", word("one-to-one"))}};
    CHECK(shown(derived(host_with_feed(), {threads({receivers})})) ==
          Lines{"301 thread.cpus=2", "302 thread.cpus=3"});
}

TEST_CASE("of two rows that fit a thread the first one wins", "[process]") {
    const Settings one{{setting("name", word("rx-0")), setting("cpus", CpuSet::of(1))}};
    const Settings all{{setting("name", word("rx-*")), setting("cpus", CpuSet::of(2))}};
    CHECK(shown(derived(host_with_feed(), {threads({one, all})})) ==
          Lines{"301 thread.cpus=1", "302 thread.cpus=2"});
}

TEST_CASE("a row that fits no thread yet is pending", "[process]") {
    const Settings later{{setting("name", word("tx-*")), setting("cpus", CpuSet::of(2)),
                          setting("policy", word("rr")), setting("priority", std::int64_t{5})}};
    CHECK(shown(derived(host_with_feed(), {threads({later})})) ==
          Lines{"tx-* of feed 300 thread.scheduling=rr:5?", "tx-* of feed 300 thread.cpus=2?"});
}

TEST_CASE("names are compared as far as the kernel keeps them", "[process]") {
    FakeHost host = given::host().with_process(
        "feed", {.pid = 300, .threads = {{.id = 301, .name = "receive-thread-"}}});
    const Settings row{{setting("name", word("receive-thread-0")), setting("cpus", CpuSet::of(1))}};
    CHECK(shown(derived(host, {threads({row})})) == Lines{"301 thread.cpus=1"});
}

TEST_CASE("more threads than CPUs cannot be spread one-to-one", "[process]") {
    const Settings receivers{{setting("name", word("*")), setting("cpus", CpuSet::range(2, 3)),
                              setting("spread", word("one-to-one"), 7)}};
    CHECK(shown(derived(host_with_feed(), {threads({receivers})})) ==
          Lines{"p.toml:7:1: one-to-one: process 300 has 4 threads named *, but 2 CPUs are for "
                "them (2-3)"});
}

TEST_CASE("every misfit is told at once, each with its line", "[process]") {
    const Settings nameless{{setting("cpus", CpuSet::of(1), 8)}};
    const Settings high{{setting("name", word("rx-0")), setting("priority", std::int64_t{5}, 9)}};
    const auto lines = shown(derived(
        host_with_feed(), {setting("policy", word("fifo"), 3),
                           setting("cpus", CpuSet::range(3, 5), 4), threads({nameless, high})}));
    CHECK(lines ==
          Lines{"p.toml:8:1: a row of process.threads needs a name (\"*\" for every thread)",
                "p.toml:9:1: a priority needs a policy: fifo or rr",
                "p.toml:3:1: policy fifo needs a priority from 1 to 99",
                "p.toml:4:1: process.cpus 3-5: CPU 4-5 is not online there; online are "
                "0-3"});
}

TEST_CASE("policies without priorities take none", "[process]") {
    CHECK(shown(derived(host_with_feed(), {setting("policy", word("batch")),
                                           setting("priority", std::int64_t{5}, 6)})) ==
          Lines{"p.toml:6:1: policy batch has no priority, not 5"});
    CHECK(derived(host_with_feed(),
                  {setting("policy", word("batch")), setting("priority", std::int64_t{0})}));
}

TEST_CASE("memory nodes are those of the process's cgroup", "[process]") {
    CHECK(shown(derived(host_with_feed(), {setting("memory_nodes", CpuSet::of(0))})) ==
          Lines{"/sys/fs/cgroup/system.slice/feed.service cgroup.memory_nodes=0"});
    FakeHost old = host_with_feed().with("/proc/300/cgroup", "2:cpuset:/feed\n0::/");
    CHECK(shown(derived(old, {setting("memory_nodes", CpuSet::of(0))})) ==
          Lines{"/sys/fs/cgroup/cpuset/feed cgroup.memory_migrate=true",
                "/sys/fs/cgroup/cpuset/feed cgroup.memory_nodes=0"});
}

TEST_CASE("the root cgroup's nodes are the host's and stay so", "[process]") {
    const FakeHost host = host_with_feed().with("/proc/300/cgroup", "0::/");
    const auto lines = shown(derived(host, {setting("memory_nodes", CpuSet::of(0), 5)}));
    REQUIRE(lines.size() == 1);
    CHECK(
        lines.front().starts_with("p.toml:5:1: process.memory_nodes: process 300 is in the root"));
}

TEST_CASE("a process that ended meanwhile leaves nothing to wish for", "[process]") {
    CHECK(shown(derived(given::host(), {setting("cpus", CpuSet::of(1))})).empty());
}

TEST_CASE("deriving twice gives the same wishes", "[process]") {
    const Settings receivers{{setting("name", word("*")), setting("cpus", CpuSet::range(0, 3)),
                              setting("spread", word("one-to-one"))}};
    CHECK(shown(derived(host_with_feed(), {threads({receivers})})) ==
          shown(derived(host_with_feed(), {threads({receivers})})));
}

TEST_CASE("threads are kept off CPUs, and may use all others that they could", "[process]") {
    FakeHost host = host_with_feed();
    host.with(task_cell(301, "affinity"), "1,3").with(task_cell(302, "affinity"), "3");
    CHECK(shown(derived(host, {setting("keep_off", CpuSet::range(2, 3))})) ==
          Lines{"300 thread.cpus=0-1", "301 thread.cpus=1", "302 thread.cpus=0-1",
                "303 thread.cpus=0-1"});
}

TEST_CASE("threads that keep off already are asked for what they have", "[process]") {
    FakeHost host = host_with_feed();
    for (const unsigned thread : {300U, 301U, 302U, 303U}) {
        host.with(task_cell(thread, "affinity"), "1");
    }
    host.with(task_cell(303, "affinity"), "0-1,7");  // CPU 7 is offline
    CHECK(shown(derived(host, {setting("keep_off", CpuSet::range(2, 3))})) ==
          Lines{"300 thread.cpus=1", "301 thread.cpus=1", "302 thread.cpus=1",
                "303 thread.cpus=0-1,7"});
}

TEST_CASE("where a thread's CPUs are named, it is kept off none", "[process]") {
    CHECK(
        shown(derived(host_with_feed(), {setting("keep_off", CpuSet::range(2, 3)),
                                         setting("cpus", CpuSet::of(3))})) ==
        Lines{"300 thread.cpus=3", "301 thread.cpus=3", "302 thread.cpus=3", "303 thread.cpus=3"});
}

TEST_CASE("nobody can be kept off every CPU", "[process]") {
    CHECK(shown(derived(host_with_feed(), {setting("keep_off", CpuSet::range(0, 7), 4)})) ==
          Lines{"p.toml:4:1: process.keep_off 0-7 leaves no CPU that is online (0-3)"});
}

TEST_CASE("a thread that the kernel binds to the wrong CPU is unmovable, and that is said",
          "[process]") {
    const FakeHost host = given::with_kernel_thread(given::host(), "ksoftirqd/3",
                                                    {.pid = 300, .cpus = "3", .is_bound = true});
    const std::string unmovable = ": ksoftirqd/3 is unmovable: the kernel itself binds it to CPU 3";
    const Derived off = derived(host, {setting("keep_off", CpuSet::of(3))}, "300:10");
    CHECK(shown(off) == Lines{"p.toml:1:1: process.keep_off" + unmovable});
    CHECK(off.error().front().code == ErrorCode::unsupported);
    CHECK(shown(derived(host, {setting("cpus", CpuSet::of(1))}, "300:10")) ==
          Lines{"p.toml:1:1: process.cpus" + unmovable});
    CHECK(shown(derived(host, {setting("keep_off", CpuSet::of(2))}, "300:10")).empty());
    CHECK(shown(derived(host, {setting("cpus", CpuSet::range(2, 3))}, "300:10")).empty());
}

TEST_CASE("timer slack is each thread's", "[process]") {
    CHECK(shown(derived(given::host().with_process("feed", {.pid = 300}),
                        {setting("timer_slack", std::int64_t{1})})) ==
          Lines{"300 thread.timer_slack=1"});
}
