// Control groups with cpusets, and partitions that the kernel takes or only seems to take.
#include "process/cpuset_bank.hpp"

#include <cerrno>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/given_kernel_threads.hpp"

using namespace nanotune;
using namespace nanotune::test;
using namespace nanotune::process;

namespace {

constexpr FileRow rows[] = {
    {.tunable = {.name = "cgroup.cpus", .domain = cpu_list()}, .path = "{}/cpuset.cpus"},
    {.tunable = {.name = "cgroup.partition", .domain = choice("member | root | isolated")},
     .path = "{}/cpuset.cpus.partition"},
};
const Tunable& cpus = rows[0].tunable;
const Tunable& partition = rows[1].tunable;

const CpusetBank& bank() {
    static const CpusetBank bank(rows, BankPlace{Stage::processes, cgroups});
    return bank;
}

const Target feed{"cgroup", "/sys/fs/cgroup/feed.slice"};

Result<Reading> read(FakeHost& host, const Target& target, const Tunable& tunable) {
    FakeSystem system(host);
    const Tunable* const wanted[] = {&tunable};
    return bank().read(system, target, wanted).at(0);
}

std::vector<Status> write(FakeHost& host, const Target& target,
                          const std::vector<Assignment>& assignments) {
    FakeSystem system(host);
    return bank().write(system, target, assignments);
}

std::vector<std::string> found(FakeHost host) {
    FakeSystem system(host);
    std::vector<std::string> names;
    const std::vector<Candidate> list = cgroups(system).value();
    for (const Candidate& candidate : list) {
        names.push_back(candidate.target.name + " " + std::string(candidate.fact("unit")));
    }
    return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("control groups are found as far down as they have cpusets", "[process]") {
    FakeHost host =
        given::with_cgroup(given::with_cgroup(given::host(), "feed.slice"), "feed.slice/rx")
            .with("/sys/fs/cgroup/system.slice/cgroup.procs", "")
            .with("/sys/fs/cgroup/system.slice/x.service/cgroup.procs", "");
    CHECK(found(host) == Names{"/sys/fs/cgroup/feed.slice feed.slice",
                               "/sys/fs/cgroup/feed.slice/rx ",
                               "/sys/fs/cgroup/system.slice system.slice"});
    FakeSystem system(host);
    const auto list = cgroups(system).value();
    CHECK(list.at(1).has_fact("cgroup", "feed.slice/rx"));
    CHECK(list.at(1).has_fact("cgroup", "rx"));
    host.without("/sys/fs/cgroup/cgroup.controllers");
    CHECK(found(host).empty());
}

TEST_CASE("a partition takes the CPUs that are written with it", "[process]") {
    FakeHost host = given::with_cgroup(given::host(), "feed.slice");
    for (const Status& status :
         write(host, feed, {{&cpus, CpuSet::range(2, 3)}, {&partition, std::string("isolated")}})) {
        CHECK(status);
    }
    CHECK(host.text("/sys/fs/cgroup/feed.slice/cpuset.cpus") == "2-3");
    CHECK(read(host, feed, partition).value().value == Value{std::string("isolated")});
}

TEST_CASE("a partition that the kernel calls invalid was refused, in its words", "[process]") {
    FakeHost host =
        given::with_cgroup(given::with_cgroup(given::host(), "feed.slice"), "feed.slice/rx")
            .with("/sys/fs/cgroup/feed.slice/rx/cpuset.cpus", "2");
    const Target below{"cgroup", "/sys/fs/cgroup/feed.slice/rx"};
    const auto outcome = write(host, below, {{&partition, std::string("isolated")}}).at(0);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == ErrorCode::refused);
    CHECK(outcome.error().message ==
          "/sys/fs/cgroup/feed.slice/rx/cpuset.cpus.partition says isolated invalid (Parent is not "
          "a partition root)");
    CHECK(read(host, below, partition).value().value ==
          Value{std::string("isolated invalid (Parent is not a partition root)")});
}

TEST_CASE("an invalid partition that was there before is put back as the word that it was",
          "[process]") {
    FakeHost host = given::with_cgroup(given::host(), "feed.slice");
    const std::string before = "isolated invalid (cpuset.cpus is empty)";
    CHECK(write(host, feed, {{&partition, before}}).at(0));
    CHECK(read(host, feed, partition).value().value == Value{before});
}

TEST_CASE("a group without cpusets says what would give it some", "[process]") {
    FakeHost host = given::host().with("/sys/fs/cgroup/feed.slice/cgroup.procs", "");
    const auto reading = read(host, feed, cpus);
    REQUIRE_FALSE(reading);
    CHECK(reading.error().code == ErrorCode::unsupported);
    CHECK(reading.error().message.contains(
        "/sys/fs/cgroup/cgroup.subtree_control must hand on cpuset"));
    CHECK(read(host, {"cgroup", "/sys/fs/cgroup/gone.slice"}, cpus).error().code ==
          ErrorCode::not_found);
}

TEST_CASE("an empty list stands for what the group above has, and is put back as that",
          "[process]") {
    FakeHost host = given::with_cgroup(given::host(), "feed.slice")
                        .with("/sys/fs/cgroup/cpuset.cpus.effective", "0-3");
    const FakeHost before = host;
    CHECK(read(host, feed, cpus).value().value == Value{CpuSet::range(0, 3)});
    REQUIRE(write(host, feed, {{&cpus, CpuSet::of(2)}}).at(0));
    CHECK(read(host, feed, cpus).value().value == Value{CpuSet::of(2)});
    REQUIRE(write(host, feed, {{&cpus, CpuSet::range(0, 3)}}).at(0));
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a group with processes cannot be emptied again, and gets the same CPUs by name",
          "[process]") {
    FakeHost host = given::with_cgroup(given::host(), "feed.slice")
                        .with("/sys/fs/cgroup/cpuset.cpus.effective", "0-3")
                        .with("/sys/fs/cgroup/feed.slice/cpuset.cpus", "2");
    host.refuse("/sys/fs/cgroup/feed.slice/cpuset.cpus", {.error = ENOSPC, .when = ""});
    REQUIRE(write(host, feed, {{&cpus, CpuSet::range(0, 3)}}).at(0));
    CHECK(host.text("/sys/fs/cgroup/feed.slice/cpuset.cpus") == "0-3");
    CHECK(read(host, feed, cpus).value().value == Value{CpuSet::range(0, 3)});
}
