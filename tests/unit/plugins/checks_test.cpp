// What is only checked of a NIC: counters, multicast, XDP, whether flows can follow applications.
#include <nanotune/discover.hpp>

#include "nic/arfs_bank.hpp"
#include "nic/counters_bank.hpp"
#include "nic/multicast_bank.hpp"
#include "nic/xdp.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr BankPlace devices{.stage = Stage::devices, .discovery = discover::nics};
const nic::ArfsBank arfs{devices};
const nic::CountersBank counters{devices};
const nic::MulticastBank multicast{devices};
const nic::WordsBank xdp{nic::xdp_rows(), devices};
const Target eth0 = Target::nic("eth0");

Result<Value> read(FakeHost& host, const Bank& bank, const Tunable& tunable) {
    FakeSystem system(host);
    const Tunable* const wanted[] = {&tunable};
    NT_TRY(const Reading reading, bank.read(system, eth0, wanted).at(0));
    return reading.value;
}

Result<Value> read(FakeHost& host, const Bank& bank, std::string_view name) {
    const auto opened = bank.open(name);
    REQUIRE(opened);
    const Tunable tunable = held(*opened);
    CHECK(tunable.check_only);
    return read(host, bank, tunable);
}

}  // namespace

TEST_CASE("a counter is the kernel's own, or one of the driver's", "[nic][counters]") {
    FakeHost host = given::host().with_nic("eth0");
    host.with("/sys/class/net/eth0/statistics/rx_dropped", "7");
    host.with(counter_cell("eth0", "rx_no_buffer_count"), "18446744073709551615");
    CHECK(read(host, counters, "counter.rx_dropped") == Value(std::int64_t{7}));
    CHECK(read(host, counters, "counter.rx_queue_0_packets") == Value(std::int64_t{12}));
    CHECK(read(host, counters, "counter.rx_no_buffer_count") ==
          Value(std::numeric_limits<std::int64_t>::max()));
    const auto absent = read(host, counters, "counter.tx_nothing");
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == ErrorCode::unsupported);
    CHECK(absent.error().message == "the driver of eth0 does not have a counter tx_nothing");
    CHECK(counters.open("counter.a/b").value() == std::nullopt);
    CHECK(counters.open("coalesce.rx_usecs").value() == std::nullopt);
}

TEST_CASE("a joined group is found below its own device", "[nic][multicast]") {
    FakeHost host = given::host().with_nic("eth0").with_nic("eth1");
    host.with("/proc/net/igmp",
              "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
              "2\teth0      :     2      V3\n"
              "\t\t\t\t010101EF     1 0:00000000\t\t0\n"
              "3\teth1      :     1      V3\n"
              "\t\t\t\t020202EF     1 0:00000000\t\t0\n");
    CHECK(read(host, multicast, "multicast.239.1.1.1") == Value(true));
    CHECK(read(host, multicast, "multicast.239.2.2.2") == Value(false));
    for (const std::string_view no_group :
         {"multicast.192.0.2.1", "multicast.239.1.1", "multicast.239.1.1.256", "multicast.x"}) {
        INFO(no_group);
        CHECK(multicast.open(no_group).value() == std::nullopt);
    }
}

TEST_CASE("addresses in the filter are counted, and a filter that takes all is told",
          "[nic][multicast]") {
    FakeHost host = given::host().with_nic("eth0").with_nic("eth1");
    host.with("/proc/net/dev_mcast",
              "2    eth0            1     0     01005e000001\n"
              "3    eth1            1     0     01005e000001\n"
              "3    eth1            1     0     01005e010101\n");
    CHECK(read(host, multicast, "multicast.groups") == Value(std::int64_t{1}));
    const Tunable& all = *multicast.tunables().front();
    CHECK(read(host, multicast, all) == Value(false));
    host.with("/sys/class/net/eth0/flags", "0x1203");
    CHECK(read(host, multicast, all) == Value(true));
    host.with("/sys/class/net/eth0/flags", "0x1103");
    CHECK(read(host, multicast, all) == Value(true));
}

TEST_CASE("an XDP program's mode is the one that sees packets first", "[nic][xdp]") {
    FakeHost host = given::host().with_nic("eth0");
    const Tunable& mode = *xdp.tunables().front();
    CHECK(read(host, xdp, mode) == Value(std::string("none")));
    host.with(link_cell("eth0", "xdp:generic"), "7");
    CHECK(read(host, xdp, mode) == Value(std::string("generic")));
    host.with(link_cell("eth0", "xdp:native"), "12");
    CHECK(read(host, xdp, mode) == Value(std::string("native")));
}

TEST_CASE("flows follow applications once nothing that it takes is missing, and what is, is said",
          "[nic][arfs]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 2}).with_sysctls();
    const auto reading = [&host] {
        FakeSystem system(host);
        const std::vector<const Tunable*> wanted = arfs.tunables();
        return arfs.read(system, eth0, wanted).at(0);
    };
    const std::string flows = "/sys/class/net/eth0/queues/rx-";
    const auto lacks = [&reading](std::string_view words) {
        const auto found = reading();
        REQUIRE(found);
        INFO(found->note);
        CHECK(found->value == Value(false));
        CHECK(found->note == words);
    };
    lacks("features.ntuple is off");
    host.with(feature_cell("eth0", "rx-ntuple-filter"), "on on");
    lacks("rps.flow_cnt of rx-0, rx-1 is 0");
    host.with(flows + "0/rps_flow_cnt", "2048");
    lacks("rps.flow_cnt of rx-1 is 0");
    host.with(flows + "1/rps_flow_cnt", "2048");
    lacks("net.core.rps_sock_flow_entries is 0");
    host.with("/proc/sys/net/core/rps_sock_flow_entries", "4096");
    const auto found = reading();
    REQUIRE(found);
    CHECK(found->value == Value(true));
    CHECK(found->note.empty());

    host.without(feature_cell("eth0", "rx-ntuple-filter"));
    const auto unsupported = reading();
    REQUIRE_FALSE(unsupported);
    CHECK(unsupported.error().code == ErrorCode::unsupported);
}
