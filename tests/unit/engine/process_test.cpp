// Processes, the kernel's own threads and control groups through a whole apply.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/given_kernel_threads.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr std::string_view kernel_threads =
    "[process.kernel-threads]\nmatch = { kthread = \"*\" }\nkeep_off = { value = \"2-3\", optional "
    "= true }\n";

FakeHost host_with_threads() {
    FakeHost host =
        given::host().with_process("feed", {.pid = 300, .threads = {{.id = 301, .name = "rx-0"}}});
    host = given::with_kernel_thread(host, "kswapd0", {.pid = 50});
    host = given::with_kernel_thread(host, "rcu_preempt", {.pid = 51, .cpus = "0"});
    return given::with_kernel_thread(host, "ksoftirqd/3",
                                     {.pid = 52, .cpus = "3", .is_bound = true});
}

const Target kswapd{"thread", "50/50:10"};
const Target receiver{"thread", "300/301:1000"};

constexpr std::string_view partition =
    "[process.feed-cpus]\nmatch = { cgroup = \"feed.slice\" }\n"
    "cgroup.cpus = \"2-3\"\ncgroup.partition = \"isolated\"\n";

}  // namespace

TEST_CASE("kernel threads leave the CPUs that they are kept off, and come back",
          "[engine][process]") {
    Scene scene(host_with_threads());
    const Report applied = scene.engine.apply(kernel_threads);
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(row_at(applied, "process.thread.cpus", kswapd).got == "0-1");
    CHECK(scene.host.text(task_cell(300, "affinity")) == "0-3");
    const Row unmovable = row_at(applied, "process on process 52", {});
    CHECK(unmovable.outcome == Outcome::unsupported);
    CHECK(unmovable.message.ends_with(
        "ksoftirqd/3 is unmovable: the kernel itself binds it to CPU 3"));
    CHECK(scene.engine.verify().exit == Exit::as_wanted);
    CHECK_FALSE(scene.engine.apply(kernel_threads).changed);
    CHECK(scene.engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("what ends while it is set is no failure", "[engine][process]") {
    Scene scene(host_with_threads());
    scene.host.on_write(task_cell(300, "affinity"),
                        [](Edit& edit, const Write&) { edit.erase_below("/proc/300/task/301/"); });
    const Report applied =
        scene.engine.apply(std::string(kernel_threads) +
                           "[process.feed]\nmatch = { comm = \"feed\" }\ncpus = \"1\"\n");
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(row_at(applied, "process.thread.cpus", receiver).outcome == Outcome::gone);
    CHECK(scene.host.text(task_cell(300, "affinity")) == "1");
}

TEST_CASE("a running process gets limits, and its old ones back", "[engine][process]") {
    Scene scene(host_with_threads());
    const Report applied = scene.engine.apply(
        "[process.feed]\nmatch = { comm = \"feed\" }\nlimit.memlock = \"unlimited\"\n"
        "limit.nofile = 65536\nlimit.rtprio = \"80:99\"\npolicy = \"fifo\"\npriority = 50\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    const Target feed{"process", "300:1000"};
    CHECK(row_at(applied, "process.rlimit.nofile", feed).before == "1024:524288");
    CHECK(row_at(applied, "process.rlimit.nofile", feed).got == "65536");
    CHECK(scene.host.text("/proc/300/limits")
              .contains("Max realtime priority     80                   99 "));
    CHECK(scene.engine.verify().exit == Exit::as_wanted);

    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("a program that runs on while its file is replaced keeps what it has",
          "[engine][process]") {
    Scene scene(host_with_threads());
    const std::string exe = scene.host.text("symlink:/proc/300/exe");
    const std::string profile =
        "[process.feed]\nmatch = { exe = \"" + exe + "\" }\nlimit.nofile = 65536\n";
    REQUIRE(scene.engine.apply(profile).exit == Exit::as_wanted);
    scene.host.with_symlink("/proc/300/exe", exe + " (deleted)");
    const Report report = scene.engine.apply(profile);
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK_FALSE(report.changed);
    CHECK(row_at(report, "process.rlimit.nofile", {"process", "300:1000"}).outcome ==
          Outcome::unchanged);
}

TEST_CASE("limits of a process that has ended are gone, and those of its number's next bearer stay",
          "[engine][process]") {
    Scene scene(host_with_threads());
    REQUIRE(
        scene.engine.apply("[process.feed]\nmatch = { comm = \"feed\" }\nlimit.nofile = 65536\n")
            .exit == Exit::as_wanted);
    scene.host.with_process("other", {.pid = 300, .start = 2000});
    const FakeHost other = scene.host;
    const Report report = scene.engine.rollback();
    INFO(text_of(report));
    CHECK(row_at(report, "process.rlimit.nofile", {"process", "300:1000"}).outcome ==
          Outcome::gone);
    CHECK(difference(other, scene.host) == no_difference);
}

TEST_CASE("a thread of the kernel's own has no limits, and is told so", "[engine][process]") {
    Scene scene(host_with_threads());
    const Report report = scene.engine.apply(
        "[process.kernel]\nmatch = { kthread = \"kswapd0\" }\nlimit.nofile = 65536\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    CHECK(text_of(report).contains("kswapd0 is a thread of the kernel's own, which has no limits"));
    CHECK(scene.engine.system().writes().empty());
}

TEST_CASE("a control group gets its CPUs to itself, and gives them back", "[engine][process]") {
    Scene scene(given::with_cgroup(given::host(), "feed.slice"));
    const Report applied = scene.engine.apply(partition);
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(scene.host.text("/sys/fs/cgroup/feed.slice/cpuset.cpus.partition") == "isolated");
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("a partition that the kernel calls invalid fails the apply in the kernel's words",
          "[engine][process]") {
    Scene scene(
        given::with_cgroup(given::with_cgroup(given::host(), "feed.slice"), "feed.slice/rx"));
    const Report applied = scene.engine.apply(
        "[process.rx]\nmatch = { cgroup = \"rx\" }\ncgroup.cpus = \"2\"\n"
        "cgroup.partition = \"isolated\"\n");
    CHECK(applied.exit == Exit::rolled_back);
    const Row row =
        row_at(applied, "process.cgroup.partition", {"cgroup", "/sys/fs/cgroup/feed.slice/rx"});
    CHECK(row.message.contains("says isolated invalid (Parent is not a partition root)"));
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("CPUs of threads are checked, also while no process is there", "[engine][process]") {
    Scene scene(given::host());
    const Report planned = scene.engine.planned(
        "[cpu.\"1\"]\nonline = false\n[process.feed]\nmatch = { comm = \"feed\" }\n"
        "threads = [{ name = \"rx\", cpus = \"1\" }, { name = \"tx\", cpus = \"17\" }]\n");
    INFO(text_of(planned));
    CHECK(planned.exit == Exit::refused);
    REQUIRE(planned.problems.size() == 2);
    CHECK(text_of(planned).contains("CPU 1 is taken offline by test.toml:2"));
    CHECK(text_of(planned).contains("CPU 17 is not online"));
}

TEST_CASE("the NIC that a profile names decides on the node, not one that a line for all takes",
          "[engine][cpu plan]") {
    FakeHost host = given::host();
    host.with_cpus({.sockets = 2, .cores = 4});
    host.with_nic("eth0", {.numa_node = 0}).with_nic("eth1", {.numa_node = 1});
    Scene scene(host);
    const Report planned = scene.engine.planned(
        "[irq]\ndefault_affinity = \"${cpus.housekeeping}\"\n"
        "[irq.eth1]\ncpus = \"${cpus.irq}\"\n");
    INFO(text_of(planned));
    REQUIRE(planned.problems.empty());
    std::size_t seen = 0;
    for (const Row& row : planned.rows) {
        if (row.setting == "irq.affinity") {
            ++seen;
            CHECK(CpuSet::range(4, 7).contains_all(CpuSet::from_list(row.wanted).value()));
        }
    }
    CHECK(seen > 0);
}

TEST_CASE("a CPU set of the plan says all that is wrong with it, and the line that takes CPUs away",
          "[engine][cpu plan]") {
    Scene scene(given::host());
    const Report planned = scene.engine.planned(
        "[cpu.\"1\"]\nonline = false\n[cpus]\nisolated = \"1,77\"\nirq = \"78\"\n");
    INFO(text_of(planned));
    CHECK(planned.exit == Exit::refused);
    CHECK(planned.problems.size() == 2);
    for (const char* says :
         {"CPU 1 is offline", "test.toml:2", "CPU 77 does not exist", "CPU 78 does not exist"}) {
        CHECK(text_of(planned).contains(says));
    }
}

TEST_CASE("a control group that is not there is waited for", "[engine][process]") {
    Scene scene(given::host());
    const Report planned = scene.engine.planned(partition);
    INFO(text_of(planned));
    CHECK(planned.problems.empty());
    const Row row = row_at(planned, "process.cgroup.partition", {"process", "feed-cpus"});
    CHECK(row.outcome == Outcome::pending);
    CHECK(row.message == "nothing matches yet: apply again once it is there");
}
