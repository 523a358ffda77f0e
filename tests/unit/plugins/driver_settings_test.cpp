// What only one driver has, and what somebody else owns: private flags, devlink, time stamps, the
// queueing discipline.
#include <linux/ethtool_netlink.h>

#include <nanotune/discover.hpp>

#include "nic/devlink_bank.hpp"
#include "nic/driver_bank.hpp"
#include "nic/private_flags_bank.hpp"
#include "nic/sending.hpp"
#include "nic/stamps_bank.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr BankPlace devices{.stage = Stage::devices, .discovery = discover::nics};
const nic::PrivateFlagsBank private_flags{devices};
const nic::DevlinkBank devlink{devices};
const nic::DriverBank driver{devices};
const nic::StampsBank stamps{devices};
const nic::WordsBank sending{nic::sending_rows(), devices};
const Target eth0 = Target::nic("eth0");

Tunable opened(const Bank& bank, std::string_view name) {
    return held(bank.open(name).value());
}

Result<Reading> reading(FakeHost& host, const Bank& bank, const Tunable& tunable) {
    FakeSystem system(host);
    const Tunable* const wanted[] = {&tunable};
    return bank.read(system, eth0, wanted).at(0);
}

Status written(FakeHost& host, const Bank& bank, const Tunable& tunable, Value value) {
    FakeSystem system(host);
    const Assignment assignments[] = {{&tunable, std::move(value)}};
    return bank.write(system, eth0, assignments).at(0);
}

Status may_hold(FakeHost& host, const Bank& bank, const Tunable& tunable, Value value) {
    FakeSystem system(host);
    const Assignment assignments[] = {{&tunable, std::move(value)}};
    return bank.may_hold(system, eth0, assignments).at(0);
}

FakeHost host_with_nic() {
    return given::host().with_nic("eth0");
}

}  // namespace

TEST_CASE("a private flag is switched by the driver's name for it", "[nic][driver]") {
    FakeHost host = host_with_nic();
    const Tunable legacy = opened(private_flags, "privflags.legacy-rx");
    CHECK(legacy.impact == Impact::bounces_link);
    CHECK(reading(host, private_flags, legacy)->value == Value(false));
    REQUIRE(written(host, private_flags, legacy, true));
    CHECK(host.text(bit_cell("eth0", ETHTOOL_MSG_PRIVFLAGS_GET, ETHTOOL_A_PRIVFLAGS_FLAGS,
                             "legacy-rx")) == "1");
}

TEST_CASE("a private flag that the driver lacks is told with those that it has", "[nic][driver]") {
    FakeHost host = host_with_nic();
    const auto absent = reading(host, private_flags, opened(private_flags, "privflags.turbo"));
    REQUIRE_FALSE(absent);
    CHECK(absent.error().message ==
          "the driver of eth0 has no private flag turbo; it has legacy-rx, rx_cqe_moder");
}

TEST_CASE("other names are no private flags", "[nic][driver]") {
    for (const char* name : {"privflags.", "privflags.two words", "features.rx-gro"}) {
        INFO(name);
        const auto opened = private_flags.open(name);
        REQUIRE(opened);
        CHECK_FALSE(*opened);
    }
}

TEST_CASE("devlink parameters are written at run time, and otherwise only checked",
          "[nic][driver]") {
    FakeHost host = host_with_nic();
    const Tunable roce = opened(devlink, "devlink.enable_roce");
    CHECK_FALSE(roce.check_only);
    CHECK(reading(host, devlink, roce)->value == Value("true"));
    REQUIRE(written(host, devlink, roce, Value("false")));
    CHECK(reading(host, devlink, roce)->value == Value("false"));

    const Tunable vectors = opened(devlink, "devlink.msix_vec_per_pf_max.driverinit");
    CHECK(vectors.check_only);
    CHECK(reading(host, devlink, vectors)->value == Value("32"));
    const Tunable now = opened(devlink, "devlink.msix_vec_per_pf_max");
    CHECK(reading(host, devlink, now).error().code == ErrorCode::unsupported);
    CHECK(reading(host, devlink, opened(devlink, "devlink.unknown")).error().message ==
          "the driver of eth0 has no devlink parameter unknown");
}

TEST_CASE("a value of another type than the devlink parameter's is refused before it is written",
          "[nic][driver]") {
    FakeHost host = host_with_nic();
    const Tunable roce = opened(devlink, "devlink.enable_roce");
    for (const char* wrong : {"1", "yes", "2"}) {
        INFO(wrong);
        const Status held = may_hold(host, devlink, roce, Value(wrong));
        REQUIRE_FALSE(held);
        CHECK(held.error().message ==
              std::string("enable_roce of eth0 takes true or false, not ") + wrong);
        CHECK_FALSE(written(host, devlink, roce, Value(wrong)));
        CHECK(reading(host, devlink, roce)->value == Value("true"));
    }
    CHECK(may_hold(host, devlink, roce, Value("false")));

    const Tunable vectors = opened(devlink, "devlink.msix_vec_per_pf_max.driverinit");
    CHECK(may_hold(host, devlink, vectors, Value("4294967295")));
    for (const char* wrong : {"4294967296", "-1", "many"}) {
        INFO(wrong);
        const Status held = may_hold(host, devlink, vectors, Value(wrong));
        REQUIRE_FALSE(held);
        CHECK(held.error().code == ErrorCode::unsupported);
    }
}

TEST_CASE("a parameter of a NIC's module is checked", "[nic][driver]") {
    FakeHost host = host_with_nic();
    const Tunable debug = opened(driver, "driver.debug");
    CHECK(debug.check_only);
    CHECK(reading(host, driver, debug)->value == Value("-1"));
    CHECK(reading(host, driver, opened(driver, "driver.absent")).error().code ==
          ErrorCode::not_found);
}

TEST_CASE("time stamps of both directions are set without disturbing each other", "[nic][stamps]") {
    FakeHost host = host_with_nic();
    const Tunable& tx = *stamps.tunables().at(0);
    const Tunable& rx = *stamps.tunables().at(1);
    REQUIRE(written(host, stamps, rx, Value("all")));
    REQUIRE(written(host, stamps, tx, Value("on")));
    CHECK(host.text(stamps_cell("eth0", "tx")) == "1");
    CHECK(host.text(stamps_cell("eth0", "rx")) == "1");
    CHECK(reading(host, stamps, rx)->value == Value("all"));
}

TEST_CASE("while ptp4l runs on a NIC its time stamps are only checked", "[nic][stamps]") {
    using namespace std::string_literals;
    const std::string arguments =
        GENERATE(as<std::string>{}, "ptp4l\0-i\0eth0\0"s, "ptp4l\0-ieth0\0-m\0"s,
                 "ptp4l\0-f\0/etc/linuxptp/ptp4l.conf\0"s, "ptp4l\0-f/etc/linuxptp/ptp4l.conf\0"s,
                 "ptp4l\0-m\0-f\0ptp4l.conf\0"s, "ptp4l\0-smf\0/etc/linuxptp/ptp4l.conf\0"s,
                 "ptp4l\0-Smfptp4l.conf\0"s, "ptp4l\0-mi\0eth0\0"s);
    FakeHost host = host_with_nic();
    host.with("/proc/812/comm", "ptp4l")
        .with("/proc/812/status", "Name:\tptp4l\nUid:\t0\t0\t0\t0")
        .with("/proc/812/cmdline", arguments)
        .with_symlink("/proc/812/cwd", "/etc/linuxptp")
        .with("/etc/linuxptp/ptp4l.conf", "[global]\nslaveOnly 1\n[eth0]\n");
    const Tunable& rx = *stamps.tunables().at(1);
    CHECK(reading(host, stamps, rx)->value == Value("none"));
    const Status held = may_hold(host, stamps, rx, Value("all"));
    REQUIRE_FALSE(held);
    CHECK(held.error().code == ErrorCode::unsupported);
    CHECK(held.error().message == "ptp4l (process 812) sets it for eth0; here it is only checked");
    CHECK_FALSE(written(host, stamps, rx, Value("all")));
    CHECK(host.text(stamps_cell("eth0", "rx")) == "0");
}

TEST_CASE("a file that somebody else's ptp4l names is not opened", "[nic][stamps]") {
    using namespace std::string_literals;
    FakeHost host = host_with_nic();
    host.with("/proc/812/comm", "ptp4l")
        .with("/proc/812/status", "Name:\tptp4l\nUid:\t1000\t1000\t1000\t1000")
        .with("/proc/812/cmdline", "ptp4l\0-f\0/dev/watchdog\0"s)
        .hang_reads("/dev/watchdog");
    CHECK(may_hold(host, stamps, *stamps.tunables().at(1), Value("all")));
}

TEST_CASE("a ptp4l on another NIC is in nobody's way", "[nic][stamps]") {
    using namespace std::string_literals;
    const std::string arguments =
        GENERATE(as<std::string>{}, "ptp4l\0-i\0eth1\0"s, "ptp4l\0-p\0eth0\0-i\0eth1\0"s,
                 "ptp4l\0-l6f\0--offset\0-f\0"s);
    FakeHost host = host_with_nic();
    host.with("/proc/812/comm", "ptp4l")
        .with("/proc/812/status", "Name:\tptp4l\nUid:\t0\t0\t0\t0")
        .with("/proc/812/cmdline", arguments);
    CHECK(may_hold(host, stamps, *stamps.tunables().at(1), Value("all")));
}

TEST_CASE("a queueing discipline takes the place of the kernel's own, and gives it back",
          "[nic][qdisc]") {
    FakeHost host = host_with_nic();
    const FakeHost before = host;
    const Tunable& qdisc = *sending.tunables().at(0);
    CHECK(reading(host, sending, qdisc)->value == Value("mq"));
    REQUIRE(written(host, sending, qdisc, Value("fq")));
    CHECK(reading(host, sending, qdisc)->value == Value("fq"));
    REQUIRE(written(host, sending, qdisc, Value("fq_codel")));
    CHECK(reading(host, sending, qdisc)->value == Value("fq_codel"));
    REQUIRE(written(host, sending, qdisc, Value("mq")));
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("somebody's own queueing discipline is left alone", "[nic][qdisc]") {
    FakeHost host = host_with_nic();
    host.with(qdisc_cell("eth0"), "htb 65536");
    const Tunable& qdisc = *sending.tunables().at(0);
    const Status held = may_hold(host, sending, qdisc, Value("fq"));
    REQUIRE_FALSE(held);
    CHECK(held.error().message ==
          "htb 1: at the root of eth0 is somebody's own, with parameters that could not be brought "
          "back");
    CHECK_FALSE(written(host, sending, qdisc, Value("fq")));
    CHECK(may_hold(host, sending, qdisc, Value("htb")));
    CHECK(host.text(qdisc_cell("eth0")) == "htb 65536");
}
