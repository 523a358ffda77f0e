// The SDK's banks, on a host that is a value.
#include <cerrno>

#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include <nanotune/discover.hpp>
#include <nanotune/ethtool_bank.hpp>
#include <nanotune/file_bank.hpp>
#include <nanotune/link_bank.hpp>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr FileRow frequencies[] = {
    {{.name = "min", .domain = integer(0, 5'000'000)}, "/sys/policy{}/min"},
    {{.name = "max", .domain = integer(0, 5'000'000)}, "/sys/policy{}/max"},
};
constexpr FileRow steering[] = {
    {{.name = "rps.cpus", .domain = cpu_mask()}, "/sys/class/net/{0}/queues/{1}/rps_cpus"},
};
constexpr EthtoolRow rings[] = {
    {{.name = "ring.rx", .domain = integer(0, 65535)}, ETHTOOL_A_RINGS_RX},
    {{.name = "ring.tx", .domain = integer(0, 65535)}, ETHTOOL_A_RINGS_TX},
    {{.name = "ring.tx_push", .domain = flag()}, ETHTOOL_A_RINGS_TX_PUSH, 1},
};
constexpr LinkRow link_rows[] = {
    {{.name = "mtu", .domain = integer(68, 65536)}, IFLA_MTU},
    {{.name = "promiscuity", .domain = integer(0, 1)}, IFLA_PROMISCUITY},
};

constexpr BankPlace anywhere{.stage = Stage::host, .discovery = discover::host};
const Target policy{"policy", "0"};

FileBank frequency_bank() {
    return {frequencies, anywhere};
}
EthtoolBank ring_bank() {
    return {{ETHTOOL_MSG_RINGS_GET, ETHTOOL_MSG_RINGS_SET}, rings, anywhere};
}
LinkBank link_bank() {
    return {link_rows, anywhere};
}

constexpr FileRow settling[] = {
    {.tunable = {.name = "max", .domain = integer(0, 5'000'000)},
     .path = "/sys/policy{}/max",
     .settles = true,
     .least = "/sys/policy{}/lowest",
     .most = "/sys/policy{}/highest"},
};

constexpr FileRow perilous[] = {
    {.tunable = {.name = "runtime", .domain = integer(0, 5'000'000)},
     .path = "/sys/server",
     .forbidden = {.by = "/proc/sys/panics", .why = "it would end"}},
};

constexpr int never = -1000;

// Files whose values are taken over a moment after they were written: so many reads later. With
// `never` their driver is not at work.
class LateFiles final : public Files {
  public:
    /// Until then they are `meanwhile`, if that is something.
    LateFiles(Files& files, int reads, std::string meanwhile = {})
        : files_(&files), reads_(reads), meanwhile_(std::move(meanwhile)) {}

    Result<std::string> read(const std::string& path) override {
        if (reads_ == never && pending_.empty()) {
            return kernel_failure("read " + path, EAGAIN);
        }
        asked_ += pending_.empty() ? 0 : 1;
        if (!pending_.empty() && reads_-- == 0) {
            NT_CHECK(files_->write(path, pending_));
            pending_.clear();
        }
        if (!pending_.empty() && !meanwhile_.empty() && files_->exists(path)) {
            return meanwhile_;
        }
        return files_->read(path);
    }
    Status write(const std::string& /*path*/, std::string_view text) override {
        pending_ = text;
        return {};
    }
    Result<std::vector<std::string>> list(const std::string& folder) override {
        return files_->list(folder);
    }
    Result<std::string> link_name(const std::string& path) override {
        return files_->link_name(path);
    }
    Result<std::string> resolved(const std::string& path) override {
        return files_->resolved(path);
    }
    bool exists(const std::string& path) override { return files_->exists(path); }
    Status may_write(const std::string& path) override { return files_->may_write(path); }

    /// How often what is pending was asked for.
    [[nodiscard]] int reads() const { return asked_; }

  private:
    Files* files_;
    int reads_;
    int asked_ = 0;
    std::string pending_;
    std::string meanwhile_;
};

class LateSystem final : public System {
  public:
    LateSystem(System& system, int reads, std::string meanwhile = {})
        : system_(&system), files_(system.files(), reads, std::move(meanwhile)) {}
    [[nodiscard]] int reads() const { return files_.reads(); }

    Files& files() override { return files_; }
    Ethtool& ethtool() override { return system_->ethtool(); }
    Links& links() override { return system_->links(); }
    Tasks& tasks() override { return system_->tasks(); }
    Devlink& devlink() override { return system_->devlink(); }
    [[nodiscard]] bool has(Capability capability) const override {
        return system_->has(capability);
    }
    [[nodiscard]] std::string session_address() const override {
        return system_->session_address();
    }

  private:
    System* system_;
    LateFiles files_;
};

// A driver that keeps the minimum below the maximum.
FakeHost host_with_limits() {
    FakeHost host = given::host().with("/sys/policy0/min", "800").with("/sys/policy0/max", "1600");
    host.check("/sys/policy0/min", [](const Cells& cells, const Write& write) {
        const bool fits = number_of(cells, "/sys/policy0/max") >= std::stol(write.text);
        return fits ? std::optional<Refusal>() : Refusal{.error = EINVAL};
    });
    return host;
}

}  // namespace

TEST_CASE("a bank declares its rows in the order of its table", "[banks]") {
    const auto tunables = ring_bank().tunables();
    REQUIRE(tunables.size() == 3);
    CHECK(tunables[0] == &rings[0].tunable);
    CHECK(tunables[2] == &rings[2].tunable);
    CHECK(frequency_bank().tunables().size() == 2);
    CHECK(link_bank().tunables().size() == 2);
}

TEST_CASE("a file's path is filled with the target's name, or with its parts", "[banks]") {
    FakeHost host = given::host()
                        .with("/sys/policy0/min", "800")
                        .with("/sys/class/net/eth0/queues/rx-1/rps_cpus", "5");
    FakeSystem system(host);

    const Tunable* const minimum[] = {&frequencies[0].tunable};
    const auto whole = frequency_bank().read(system, policy, minimum);
    REQUIRE(whole.at(0));
    CHECK(whole[0]->value == Value(std::int64_t{800}));

    const FileBank queues{steering, anywhere};
    const Tunable* const cpus[] = {&steering[0].tunable};
    const auto parts = queues.read(system, {"rx_queue", "eth0/rx-1"}, cpus);
    REQUIRE(parts.at(0));
    CHECK(parts[0]->value == Value(CpuSet::from_list("0,2").value()));
}

TEST_CASE("a file that is not there is a setting that the target lacks", "[banks]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    const auto readings = frequency_bank().read(system, policy, frequency_bank().tunables());
    REQUIRE(readings.size() == 2);
    CHECK(readings[0].error().code == ErrorCode::not_found);
}

TEST_CASE("a file whose driver is not at work is a setting that the target lacks", "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    LateSystem idle(system, never);
    const auto reading = frequency_bank().read(idle, policy, frequency_bank().tunables()).at(0);
    REQUIRE_FALSE(reading);
    CHECK(reading.error().code == ErrorCode::unsupported);
    CHECK(reading.error().message.contains("/sys/policy0/min"));
}

TEST_CASE("a file that cannot be understood is named", "[banks]") {
    FakeHost host = given::host().with("/sys/policy0/min", "fast");
    FakeSystem system(host);
    const Tunable* const minimum[] = {&frequencies[0].tunable};
    const auto readings = frequency_bank().read(system, policy, minimum);
    REQUIRE_FALSE(readings.at(0));
    CHECK(readings[0].error().code == ErrorCode::invalid);
    CHECK(readings[0].error().message.starts_with("/sys/policy0/min: "));
}

TEST_CASE("a write that another one makes possible is tried once more", "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    const Assignment assignments[] = {{&frequencies[0].tunable, Value(std::int64_t{2400})},
                                      {&frequencies[1].tunable, Value(std::int64_t{3200})}};
    const auto outcomes = frequency_bank().write(system, policy, assignments);
    CHECK(outcomes.at(0));
    CHECK(outcomes.at(1));
    CHECK(host.text("/sys/policy0/min") == "2400");
    CHECK(host.text("/sys/policy0/max") == "3200");
    CHECK(system.writes().size() == 3);
}

TEST_CASE("a write of what the kernel takes over later waits for it", "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    LateSystem late(system, 3);
    const FileBank bank{settling, anywhere};
    const Assignment maximum[] = {{&settling[0].tunable, Value(std::int64_t{3200})}};
    CHECK(bank.write(late, policy, maximum).at(0));
    CHECK(host.text("/sys/policy0/max") == "3200");
}

TEST_CASE("a write that stands at another limit for a moment waits until it is taken over",
          "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    LateSystem late(system, 5, "2000");
    const FileBank bank{settling, anywhere};
    const Assignment maximum[] = {{&settling[0].tunable, Value(std::int64_t{3200})}};
    CHECK(bank.write(late, policy, maximum).at(0));
    CHECK(host.text("/sys/policy0/max") == "3200");
}

TEST_CASE("a write that the driver rounds is waited for until it stays", "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    LateSystem late(system, 1'000'000, "3100");
    const FileBank bank{settling, anywhere};
    const Assignment maximum[] = {{&settling[0].tunable, Value(std::int64_t{3200})}};
    CHECK(bank.write(late, policy, maximum).at(0));
    CHECK(late.reads() < 50);
}

TEST_CASE("a write that is never taken over is waited for no longer than a moment", "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    LateSystem late(system, 1'000'000);
    const FileBank bank{settling, anywhere};
    const Assignment maximum[] = {{&settling[0].tunable, Value(std::int64_t{3200})}};
    CHECK(bank.write(late, policy, maximum).at(0));
    CHECK(host.text("/sys/policy0/max") == "1600");
}

TEST_CASE("a limit that the kernel clamps to what it was already is not waited for", "[banks]") {
    const auto [was, wanted] = GENERATE(table<std::string, std::int64_t>({
        {"1600", 3200},  // the highest already
        {"800", 400},    // the lowest
    }));
    FakeHost host = host_with_limits()
                        .with("/sys/policy0/lowest", "800")
                        .with("/sys/policy0/highest", "1600")
                        .with("/sys/policy0/max", was);
    FakeSystem system(host);
    LateSystem late(system, 1'000'000);
    const FileBank bank{settling, anywhere};
    const Assignment maximum[] = {{&settling[0].tunable, Value(wanted)}};
    CHECK(bank.write(late, policy, maximum).at(0));
    CHECK(late.reads() < 5);
}

TEST_CASE("a write that stays refused is tried twice at most and keeps its error", "[banks]") {
    FakeHost host = host_with_limits();
    FakeSystem system(host);
    const Assignment assignments[] = {{&frequencies[0].tunable, Value(std::int64_t{2400})},
                                      {&frequencies[1].tunable, Value(std::int64_t{2000})}};
    const auto outcomes = frequency_bank().write(system, policy, assignments);
    CHECK(outcomes.at(0).error().code == ErrorCode::refused);
    CHECK(outcomes.at(1));
    CHECK(host.text("/sys/policy0/min") == "800");
    CHECK(system.writes().size() == 3);
}

TEST_CASE("a write that another file forbids is told of beforehand, and never tried", "[banks]") {
    FakeHost host = given::host().with("/sys/server", "800").with("/proc/sys/panics", "1");
    FakeSystem system(host);
    const FileBank bank{perilous, anywhere};
    const Assignment wanted[] = {{&perilous[0].tunable, std::int64_t{900}}};
    const Target server{"host", ""};

    const Status told = bank.may_hold(system, server, wanted).at(0);
    REQUIRE_FALSE(told);
    CHECK(told.error().message == "/proc/sys/panics is 1: it would end");
    CHECK_FALSE(bank.write(system, server, wanted).at(0));
    CHECK(host.cells.at("/sys/server") == "800");
    CHECK(bank.read(system, server, bank.tunables()).at(0));

    host.with("/proc/sys/panics", "0");
    CHECK(bank.may_hold(system, server, wanted).at(0));
    CHECK(bank.write(system, server, wanted).at(0));
    CHECK(host.cells.at("/sys/server") == "900");
}

TEST_CASE("a file of a mount that is read-only is denied before it is tried", "[banks]") {
    FakeHost host = given::host().with("/sys/policy0/min", "800").read_only("/sys/policy0/min");
    FakeSystem system(host);
    const auto allowed = frequency_bank().may_write(system, policy, frequencies[0].tunable);
    REQUIRE_FALSE(allowed);
    CHECK(allowed.error().code == ErrorCode::denied);
    CHECK(system.writes().empty());
}

TEST_CASE("what a driver does not report is unsupported by name", "[banks]") {
    FakeHost host = given::host().with_nic("eth0");
    host.without(ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_TX_PUSH));
    FakeSystem system(host);
    const auto readings = ring_bank().read(system, Target::nic("eth0"), ring_bank().tunables());
    REQUIRE(readings.size() == 3);
    REQUIRE(readings[0]);
    CHECK(readings[0]->value == Value(std::int64_t{512}));
    REQUIRE_FALSE(readings[2]);
    CHECK(readings[2].error().code == ErrorCode::unsupported);
    CHECK(readings[2].error().message == "the driver of eth0 does not have ring.tx_push");
}

TEST_CASE("a device without the whole message lacks each of its settings", "[banks]") {
    FakeHost host = given::host().with_nic("v0", {.kind = "veth"});
    FakeSystem system(host);
    for (const auto& reading :
         ring_bank().read(system, Target::nic("v0"), ring_bank().tunables())) {
        REQUIRE_FALSE(reading);
        CHECK(reading.error().code == ErrorCode::unsupported);
    }
}

TEST_CASE("settings of one message are written in one, and share its fate", "[banks]") {
    FakeHost host = given::host().with_nic("eth0");
    const FakeHost before = host;
    FakeSystem system(host);
    const Assignment assignments[] = {{&rings[0].tunable, Value(std::int64_t{60000})},
                                      {&rings[1].tunable, Value(std::int64_t{1024})},
                                      {&rings[2].tunable, Value(true)}};
    const auto outcomes = ring_bank().write(system, Target::nic("eth0"), assignments);
    REQUIRE(outcomes.size() == 3);
    for (const Status& outcome : outcomes) {
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().message.find("requested ring size exceeds maximum") !=
              std::string::npos);
    }
    CHECK(difference(before, host).empty());
}

TEST_CASE("what a driver does not have keeps nothing else of its message from being written",
          "[banks]") {
    FakeHost host = given::host().with_nic("eth0");
    const auto cell = [](unsigned attribute) {
        return ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, attribute);
    };
    host.refuse(cell(ETHTOOL_A_RINGS_TX_PUSH), {.error = EOPNOTSUPP});
    FakeSystem system(host);
    const EthtoolBank bank = ring_bank();
    const auto tunables = bank.tunables();
    const Assignment assignments[] = {{tunables.at(2), true}, {tunables.at(0), std::int64_t{512}}};
    const auto outcomes = bank.write(system, Target::nic("eth0"), assignments);
    REQUIRE_FALSE(outcomes.at(0));
    CHECK(outcomes.at(0).error().code == ErrorCode::unsupported);
    CHECK(outcomes.at(1));
    CHECK(host.text(cell(ETHTOOL_A_RINGS_RX)) == "512/4");
}

TEST_CASE("a flag is written in the width of its attribute", "[banks]") {
    FakeHost host = given::host().with_nic("eth0");
    FakeSystem system(host);
    const Assignment assignments[] = {{&rings[2].tunable, Value(true)}};
    CHECK(ring_bank().write(system, Target::nic("eth0"), assignments).at(0));
    CHECK(host.text(ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_TX_PUSH)) == "1/1");
}

TEST_CASE("a missing capability is named with the setting that needs it", "[banks]") {
    FakeHost host = given::host().with_nic("eth0").lacks(Capability::net_admin);
    FakeSystem system(host);
    const auto ring = ring_bank().may_write(system, Target::nic("eth0"), rings[0].tunable);
    REQUIRE_FALSE(ring);
    CHECK(ring.error().code == ErrorCode::denied);
    CHECK(ring.error().message == "CAP_NET_ADMIN is missing, which ring.rx of eth0 needs");
    const auto mtu = link_bank().may_write(system, Target::nic("eth0"), link_rows[0].tunable);
    REQUIRE_FALSE(mtu);
    CHECK(mtu.error().message == "CAP_NET_ADMIN is missing, which mtu of eth0 needs");
}

TEST_CASE("attributes of a link are read and written by number", "[banks]") {
    FakeHost host = given::host().with_nic("eth0");
    FakeSystem system(host);
    const auto readings = link_bank().read(system, Target::nic("eth0"), link_bank().tunables());
    REQUIRE(readings.at(0));
    CHECK(readings[0]->value == Value(std::int64_t{1500}));
    CHECK(readings.at(1).error().code == ErrorCode::unsupported);

    const Assignment assignments[] = {{&link_rows[0].tunable, Value(std::int64_t{9000})}};
    CHECK(link_bank().write(system, Target::nic("eth0"), assignments).at(0));
    CHECK(host.text(link_number_cell("eth0", IFLA_MTU)) == "9000");
}

TEST_CASE("a link that is gone is said to be", "[banks]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    const auto readings = link_bank().read(system, Target::nic("eth9"), link_bank().tunables());
    CHECK(readings.at(0).error().code == ErrorCode::not_found);
    CHECK(readings.at(0).error().message == "RTM_GETLINK eth9: No such device (ENODEV)");
}
