// Sysctls that a table knows, and those that only the host does.
#include "sysctl/sysctl_bank.hpp"

#include <nanotune/discover.hpp>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::sysctl::SysctlBank;

namespace {

constexpr Tunable known[] = {
    {.name = "net.core.rmem_max", .domain = integer(2048, 1 << 30, Unit::bytes)},
    {.name = "net.ipv4.tcp_rmem", .domain = numbers(3, 3)},
};
constexpr Tunable families[] = {{.name = "net.ipv4.conf.*.rp_filter", .domain = integer(0, 2)},
                                {.name = "net.ipv4.conf.*.forwarding",
                                 .impact = Impact::drops_packets,
                                 .carries = "nic.features.rx-lro"}};

const SysctlBank& bank() {
    static const SysctlBank bank(known, families, BankPlace{Stage::host, discover::host});
    return bank;
}

Result<Value> value_of(FakeHost& host, const Tunable& tunable) {
    FakeSystem system(host);
    const Tunable* const wanted[] = {&tunable};
    NT_TRY(const Reading reading, bank().read(system, Target::host(), wanted).at(0));
    return reading.value;
}

std::string refusal(std::string_view name) {
    const auto opened = bank().open(name);
    return opened ? "taken" : opened.error().message;
}

}  // namespace

TEST_CASE("a known sysctl opens with its documentation in either spelling", "[sysctl]") {
    for (const char* name : {"net.core.rmem_max", "net/core/rmem_max"}) {
        const auto opened = bank().open(name);
        REQUIRE(opened);
        const Tunable sysctl = held(*opened);
        CHECK(sysctl.name == "net.core.rmem_max");
        CHECK(sysctl.domain.unit == Unit::bytes);
    }
}

TEST_CASE("a sysctl that this kernel does not have is told with the nearest of its folder",
          "[sysctl]") {
    FakeHost host;
    host.cells["/proc/sys/net/core/rmem_max"] = "1";
    host.cells["/proc/sys/net/core/somaxconn"] = "1";
    const auto told = [&](std::string_view name) {
        const Tunable tunable{.name = name, .domain = text()};
        return value_of(host, tunable).error().message;
    };
    CHECK(told("net.core.rmem_maxx") ==
          "this kernel, or this network namespace, has no /proc/sys/net/core/rmem_maxx; did you "
          "mean net.core.rmem_max?");
    CHECK(told("net.core.busy_poll") ==
          "this kernel, or this network namespace, has no /proc/sys/net/core/busy_poll");
}

TEST_CASE("a sysctl of any interface has its family's range", "[sysctl]") {
    for (const char* name : {"net.ipv4.conf.eth0.rp_filter", "net/ipv4/conf/eth0.100/rp_filter"}) {
        const auto opened = bank().open(name);
        REQUIRE(opened);
        const Tunable sysctl = held(*opened);
        CHECK(sysctl.name == name);
        CHECK(sysctl.domain.maximum == 2);
    }
}

TEST_CASE("an unknown sysctl opens as text under its one spelling", "[sysctl]") {
    const auto opened = bank().open("kernel.printk");
    REQUIRE(opened);
    const Tunable sysctl = held(*opened);
    CHECK(sysctl.domain.kind == Domain::Kind::text);
    CHECK(refusal("kernel/printk") == "kernel/printk is spelled kernel.printk");
    CHECK(refusal("net.ipv4.conf.eth0/7.tag") ==
          "net.ipv4.conf.eth0/7.tag is spelled net/ipv4/conf/eth0.7/tag");
}

TEST_CASE("what is no setting is refused with the reason", "[sysctl]") {
    CHECK(refusal("vm.drop_caches").starts_with("vm.drop_caches is an action"));
    CHECK(refusal("net/ipv4/route/flush").starts_with("net.ipv4.route.flush is an action"));
    CHECK(refusal("kernel.modules_disabled").contains("cannot be taken back"));
    CHECK(refusal("net/../../etc/passwd") == "net/../../etc/passwd cannot name a sysctl");
}

TEST_CASE("what nobody may write here is a setting that the host lacks", "[sysctl]") {
    FakeHost host = given::host()
                        .with_sysctl("net.core.rmem_max", "212992")
                        .read_only("/proc/sys/net/core/rmem_max");
    const Tunable tunable{.name = "net.core.rmem_max", .domain = text()};
    const Assignment wanted[] = {{&tunable, std::string("8388608")}};
    FakeSystem system(host);
    const Status may = bank().may_hold(system, Target::host(), wanted).at(0);
    REQUIRE_FALSE(may);
    CHECK(may.error().code == ErrorCode::unsupported);
    CHECK(may.error().message.starts_with("write /proc/sys/net/core/rmem_max: "));
}

TEST_CASE("what others may write is no setting that the host lacks, whoever asks", "[sysctl]") {
    FakeHost host = given::host().with_sysctl("net.core.rmem_max", "212992");
    const Tunable tunable{.name = "net.core.rmem_max", .domain = text()};
    const Assignment wanted[] = {{&tunable, std::string("8388608")}};
    host.capabilities = {Capability::dac_override};  // in a user namespace, of its own files
    FakeSystem system(host);
    CHECK(bank().may_hold(system, Target::host(), wanted).at(0));
    CHECK(bank().may_write(system, Target::host(), tunable).error().code == ErrorCode::denied);
}

TEST_CASE("a word without separators is somebody else's to explain", "[sysctl]") {
    const auto opened = bank().open("rmem_max");
    REQUIRE(opened);
    CHECK_FALSE(*opened);
}

TEST_CASE("numbers between tabs compare with numbers between spaces", "[sysctl]") {
    FakeHost host = given::host()
                        .with_sysctl("net.ipv4.tcp_rmem", "4096\t131072\t6291456")
                        .with_sysctl("kernel.printk", "4\t4\t1\t7");
    CHECK(value_of(host, known[1]).value() == Value{std::string("4096 131072 6291456")});
    CHECK(value_of(host, held(bank().open("kernel.printk").value())).value() ==
          Value{std::string("4 4 1 7")});
}

TEST_CASE("a sysctl that the host lacks is unsupported, and says which file is missing",
          "[sysctl]") {
    FakeHost host = given::host();
    const auto value = value_of(host, known[0]);
    REQUIRE_FALSE(value);
    CHECK(value.error().code == ErrorCode::unsupported);
    CHECK(value.error().message.contains("/proc/sys/net/core/rmem_max"));
}

TEST_CASE("a value can be emptied", "[sysctl]") {
    FakeHost host = given::host().with_sysctl("net.ipv4.ip_local_reserved_ports", "8080");
    FakeSystem system(host);
    const Tunable ports = held(bank().open("net.ipv4.ip_local_reserved_ports").value());
    const Assignment assignments[] = {{&ports, std::string()}};
    REQUIRE(bank().write(system, Target::host(), assignments).at(0));
    CHECK(system.writes().size() == 1);
    CHECK(value_of(host, ports).value() == Value{std::string()});
}

TEST_CASE("sysctls whose ranges exclude each other are reached in either order", "[sysctl]") {
    // As the kernel does: no unprivileged port below the local ones may be privileged.
    const std::string range = "/proc/sys/net/ipv4/ip_local_port_range";
    const std::string start = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
    FakeHost host = given::host().with(range, "32768\t60999").with(start, "1024");
    const auto first_port = [=](const Cells& cells) { return std::stoi(text_of(cells, range)); };
    host.check(range, [=](const Cells& cells, const Write& write) -> std::optional<Refusal> {
        return std::stoi(write.text) < std::stoi(text_of(cells, start))
                   ? std::optional(Refusal{.error = EINVAL})
                   : std::nullopt;
    });
    host.check(start, [=](const Cells& cells, const Write& write) -> std::optional<Refusal> {
        return std::stoi(write.text) > first_port(cells) ? std::optional(Refusal{.error = EINVAL})
                                                         : std::nullopt;
    });
    FakeSystem system(host);
    constexpr Tunable ports[] = {
        {.name = "net.ipv4.ip_local_port_range", .domain = numbers(2, 2)},
        {.name = "net.ipv4.ip_unprivileged_port_start", .domain = integer(0, 65535)}};
    const auto write = [&](std::string ports_text, std::int64_t port, bool range_first) {
        std::vector<Assignment> assignments = {{&ports[0], Value(std::move(ports_text))},
                                               {&ports[1], Value(port)}};
        if (!range_first) {
            std::swap(assignments[0], assignments[1]);
        }
        return bank().write(system, Target::host(), assignments);
    };
    for (const bool range_first : {true, false}) {
        for (const auto& [text, port] : {std::pair("500 60000", 400), std::pair("9000 60000", 8000),
                                         std::pair("32768 60999", 1024)}) {
            for (const Status& outcome : write(text, port, range_first)) {
                CHECK(outcome.has_value());
            }
            CHECK(host.text(start) == std::to_string(port));
        }
    }
    const auto refused = write("100 60000", 200, true);
    CHECK_FALSE(refused[0].has_value());
    CHECK(refused[1].has_value());
}

TEST_CASE("each write succeeds or fails by itself", "[sysctl]") {
    FakeHost host = given::host()
                        .with_sysctl("net.core.rmem_max", "212992")
                        .with_sysctl("net.ipv4.tcp_rmem", "1\t2\t3")
                        .refuse("net/core/rmem_max", {.error = EINVAL});
    FakeSystem system(host);
    const Assignment assignments[] = {{&known[0], std::int64_t{8192}},
                                      {&known[1], std::string("4 5 6")}};
    const auto outcomes = bank().write(system, Target::host(), assignments);
    CHECK_FALSE(outcomes.at(0));
    CHECK(outcomes.at(1));
    CHECK(value_of(host, known[0]).value() == Value{std::int64_t{212992}});
    CHECK(value_of(host, known[1]).value() == Value{std::string("4 5 6")});
}

TEST_CASE("what a sysctl does to its interface it does not do for those to come", "[sysctl]") {
    const Tunable of_device = held(bank().open("net.ipv4.conf.eth0.forwarding").value());
    CHECK(of_device.impact == Impact::drops_packets);
    CHECK(of_device.carries == "nic.features.rx-lro");
    const Tunable of_default = held(bank().open("net.ipv4.conf.default.forwarding").value());
    CHECK(of_default.impact == Impact::none);
    CHECK(of_default.carries.empty());
    CHECK(held(bank().open("net.ipv4.conf.default.rp_filter").value()).carries == "{}");
}
