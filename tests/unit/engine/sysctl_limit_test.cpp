// Algorithms and ports that a host cannot have: told before anything is written.
#include <fmt/format.h>

#include "planned_problems.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/kernel_habits.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

FakeHost host_with_modules(std::string modules) {
    return given::host()
        .with_sysctl("net.ipv4.tcp_available_congestion_control", "reno cubic")
        .with_sysctl("net.ipv4.tcp_congestion_control", "cubic")
        .with_sysctl("net.core.default_qdisc", "pfifo_fast")
        .with_sysctl("net.ipv4.ip_local_port_range", "32768\t60999")
        .with_sysctl("kernel.modules_disabled", "0")
        .with_sysctl("kernel.osrelease", "6.1.0-18-amd64")
        .with("/lib/modules/6.1.0-18-amd64/modules.alias", "alias net-pf-10 ipv6\n")
        .with("/lib/modules/6.1.0-18-amd64/modules.dep", std::move(modules));
}

void check_applied(FakeHost host, std::string_view profile) {
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report report = engine.apply(profile);
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
}

constexpr auto algorithms =
    "[sysctl]\n\"net.ipv4.tcp_congestion_control\" = \"bbr\"\n"
    "\"net.core.default_qdisc\" = \"fq\"\n";

}  // namespace

TEST_CASE("algorithms that neither the kernel nor a module has are told at their lines",
          "[engine][limits]") {
    CHECK(
        problems_on(host_with_modules("kernel/net/ipv4/tcp_vegas.ko:\n"), algorithms) ==
        Messages{"test.toml:2:1: sysctl.net.ipv4.tcp_congestion_control on host: bbr is not among "
                 "what this host offers: reno cubic; nor is there a module tcp_bbr for this "
                 "kernel",
                 "test.toml:3:1: sysctl.net.core.default_qdisc on host: this kernel has no "
                 "queueing discipline fq, and no module sch_fq"});
    CHECK(
        problems_on(host_with_modules("").with_sysctl("kernel.modules_disabled", "1"),
                    "[sysctl]\n\"net.ipv4.tcp_congestion_control\" = \"bbr\"\n") ==
        Messages{"test.toml:2:1: sysctl.net.ipv4.tcp_congestion_control on host: bbr is not among "
                 "what this host offers: reno cubic; and this kernel loads no modules"});
}

TEST_CASE("what becomes of a core may be a file, and no program", "[engine][limits]") {
    const auto host = given::host().with_sysctl("kernel.core_pattern", "|/usr/lib/somebodys %p");
    CHECK(problems_on(host, "[sysctl]\n\"kernel.core_pattern\" = \" |/tmp/x %p\"\n") ==
          Messages{"test.toml:2:25: sysctl.kernel.core_pattern: expected the name of a file, not "
                   "\" |/tmp/x %p\"; a profile never holds a command"});
    Scene scene(host);
    const Report report = scene.engine.apply("[sysctl]\n\"kernel.core_pattern\" = \"core.%p\"\n");
    INFO(text_of(report));
    REQUIRE(report.exit == Exit::as_wanted);
    CHECK(scene.host.text("/proc/sys/kernel/core_pattern") == "core.%p");
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("a program that the kernel runs is refused, and put back as an older version found it",
          "[engine][limits]") {
    Scene scene(given::host().with_sysctl("kernel.modprobe", "/sbin/modprobe"));
    CHECK(problems_on(scene.host, "[sysctl]\n\"kernel.modprobe\" = \"/tmp/x\"\n") ==
          Messages{"test.toml:2:21: sysctl.kernel.modprobe: expected no value at all, not "
                   "\"/tmp/x\"; it names a program that the kernel runs as root, and a profile "
                   "never holds a command"});
    const std::string setting = "sysctl.kernel.modprobe";
    std::vector<std::string> notes;
    auto journal = scene.engine.state().open(notes);
    REQUIRE(journal);
    const std::vector<record::Record> records = {
        record::Begin{.id = 1, .kind = "apply", .profile = "given"},
        record::Intent{.setting = setting,
                       .target = Target::host(),
                       .before = std::string("/sbin/modprobe"),
                       .wanted = std::string("/bin/true")},
        record::Held{.setting = setting,
                     .target = Target::host(),
                     .wanted = std::string("/bin/true"),
                     .got = std::string("/bin/true"),
                     .origin = "given.toml:2:1"},
        record::End{"committed"}};
    for (const record::Record& record : records) {
        REQUIRE(journal->append(record));
    }
    REQUIRE(journal->sync());
    scene.host.with_sysctl("kernel.modprobe", "/bin/true");
    CHECK(scene.engine.verify().exit == Exit::as_wanted);
    const Report report = scene.engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(scene.host.text("/proc/sys/kernel/modprobe") == "/sbin/modprobe");
}

TEST_CASE("a NIC's queueing discipline that the kernel cannot have is told at its line",
          "[engine][limits]") {
    CHECK(problems_on(host_with_modules("").with_nic("eth0"), "[nic.eth0]\nqdisc = \"fq2\"\n") ==
          Messages{"test.toml:2:1: nic.qdisc on eth0: this kernel has no queueing discipline fq2, "
                   "and no module sch_fq2"});
    check_applied(host_with_modules("kernel/net/sched/sch_fq.ko.xz:\n").with_nic("eth0"),
                  "[nic.eth0]\nqdisc = \"fq\"\n");
}

TEST_CASE("algorithms whose modules the kernel can load, or may, are applied", "[engine][limits]") {
    FakeHost host = host_with_modules(
        "kernel/net/ipv4/tcp_bbr.ko.xz:\nkernel/net/sched/sch_fq.ko.xz: kernel/x.ko.xz\n");
    if (GENERATE(false, true)) {
        host.without("/lib/modules/*");  // they may be in the kernel's own root
    }
    check_applied(std::move(host), algorithms);
}

namespace {

constexpr std::string_view clsact = "[sysctl]\n\"net.core.default_qdisc\" = \"clsact\"\n";

}

TEST_CASE("a queueing discipline that a module provides under an alias is applied",
          "[engine][limits]") {
    const std::string folder = "/lib/modules/6.1.0-18-amd64/";
    const std::string module = "kernel/net/sched/sch_ingress.ko:\n";
    check_applied(host_with_modules(module).with(folder + "modules.alias",
                                                 "alias net-sch-clsact sch_ingress\n"),
                  clsact);
    check_applied(
        host_with_modules(module).with(folder + "modules.alias", "alias sch_clsact sch_ingress\n"),
        clsact);
    check_applied(host_with_modules("").with(folder + "modules.builtin.modinfo",
                                             std::string("sch_ingress.alias=net-sch-clsact\0", 33)),
                  clsact);
    FakeHost without_aliases = host_with_modules(module);
    without_aliases.without(folder + "modules.alias");
    check_applied(std::move(without_aliases), clsact);
    CHECK(problems_on(host_with_modules(module).with(folder + "modules.alias",
                                                     "alias net-sch-clsact2 sch_ingress\n"),
                      clsact)
              .size() == 1);
}

TEST_CASE("outside the first network namespace a restricted algorithm is told at its line",
          "[engine][limits]") {
    constexpr auto reno = "[sysctl]\n\"net.ipv4.tcp_congestion_control\" = \"reno\"\n";
    FakeHost host = host_with_modules("")
                        .with_sysctl("net.ipv4.tcp_available_congestion_control", "reno cubic bbr")
                        .with_sysctl("net.ipv4.tcp_allowed_congestion_control", "cubic bbr");
    CHECK(problems_on(host, reno) ==
          Messages{"test.toml:2:1: sysctl.net.ipv4.tcp_congestion_control on host: reno is not "
                   "among what the kernel allows outside the first network namespace: cubic bbr"});
    check_applied(host, "[sysctl]\n\"net.ipv4.tcp_congestion_control\" = \"bbr\"\n");
    // The operator of the first one may choose any.
    check_applied(host.with_sysctl("net.ipv4.tcp_mem", "1 2 3"), reno);
}

TEST_CASE("a user namespace for which no module is loaded has what is loaded already",
          "[engine][limits]") {
    constexpr auto bbr = "[sysctl]\n\"net.ipv4.tcp_congestion_control\" = \"bbr\"\n";
    const std::string own = "symlink:/proc/self/ns/user";
    const FakeHost host = host_with_modules("kernel/net/ipv4/tcp_bbr.ko:\n");
    CHECK(
        problems_on(FakeHost(host).with(own, "user:[4026532345]"), bbr) ==
        Messages{"test.toml:2:1: sysctl.net.ipv4.tcp_congestion_control on host: bbr is not among "
                 "what this host offers: reno cubic; and the kernel loads no modules for this "
                 "user namespace"});
    check_applied(FakeHost(host).with(own, "user:[4026531837]"), bbr);
}

namespace {

std::string with_ports(std::string_view range, std::string_view more = "") {
    return fmt::format("[sysctl]\n\"net.ipv4.ip_local_port_range\" = {}\n{}", range, more);
}

}  // namespace

TEST_CASE("a range of ports that is none is told at its line, although it is optional",
          "[engine][limits]") {
    const auto range = GENERATE(as<std::string>{}, "60999 32768", "0 1000", "1024 65536", "-5 5");
    const bool is_optional = GENERATE(false, true);
    const auto problems = problems_on(
        host_with_modules(""),
        with_ports(is_optional ? fmt::format("{{ value = \"{}\", optional = true }}", range)
                               : fmt::format("\"{}\"", range)));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0] == "test.toml:2:1: sysctl.net.ipv4.ip_local_port_range on host: " + range +
                             " is no range of ports: two numbers from 1 to 65535, the lower first");
}

TEST_CASE("a range of ports that begins among the privileged ones is told at its line",
          "[engine][limits]") {
    const FakeHost host =
        host_with_modules("").with_sysctl("net.ipv4.ip_unprivileged_port_start", "1024");
    CHECK(problems_on(host, with_ports("\"1023 60999\"")) ==
          Messages{"test.toml:2:1: sysctl.net.ipv4.ip_local_port_range on host: 1023 60999 begins "
                   "below 1024, where net.ipv4.ip_unprivileged_port_start says that ports without "
                   "privilege begin"});
    check_applied(host, with_ports("\"1024 60999\""));
    check_applied(
        host, with_ports("\"500 60999\"", "\"net.ipv4.ip_unprivileged_port_start\" = \"500\"\n"));
}

TEST_CASE("privileged ports may not reach into the range of local ones", "[engine][limits]") {
    const FakeHost host = host_with_modules("")
                              .with_sysctl("net.ipv4.ip_unprivileged_port_start", "1024")
                              .with_sysctl("net.ipv4.ip_local_port_range", "32768\t60999");
    CHECK(problems_on(host, "[sysctl]\n\"net.ipv4.ip_unprivileged_port_start\" = \"40000\"\n") ==
          Messages{"test.toml:2:1: sysctl.net.ipv4.ip_unprivileged_port_start on host: 40000 is "
                   "above 32768, where net.ipv4.ip_local_port_range begins"});
    check_applied(host, with_ports("\"50000 60999\"",
                                   "\"net.ipv4.ip_unprivileged_port_start\" = \"40000\"\n"));
}

TEST_CASE("what returns to its baseline is held to limits along with what the profile sets",
          "[engine][limits]") {
    Scene scene(host_with_modules("")
                    .with_sysctl("net.ipv4.ip_unprivileged_port_start", "1024")
                    .with_sysctl("net.ipv4.ip_local_port_range", "32768\t60999"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine
                .apply(with_ports("\"45000 60000\"",
                                  "\"net.ipv4.ip_unprivileged_port_start\" = \"40000\"\n"))
                .exit == Exit::as_wanted);
    const FakeHost tuned = host;
    SECTION("a return that does not fit what is set is told before anything is written") {
        const Report report =
            engine.apply("[sysctl]\n\"net.ipv4.ip_unprivileged_port_start\" = \"33000\"\n");
        INFO(text_of(report));
        CHECK(report.exit == Exit::refused);
        CHECK(
            text_of(report).contains("test.toml:2:1: sysctl.net.ipv4.ip_unprivileged_port_start "
                                     "on host: 33000 is above 32768"));
        CHECK(
            text_of(report).contains("baseline: sysctl.net.ipv4.ip_local_port_range on host: "
                                     "32768 60999 begins below 33000"));
        CHECK(difference(tuned, host) == no_difference);
    }
    SECTION("what fits once the other is back is applied") {
        const Report report = engine.apply(with_ports("\"39000 60000\""));
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(host.text("/proc/sys/net/ipv4/ip_unprivileged_port_start") == "1024");
    }
}
