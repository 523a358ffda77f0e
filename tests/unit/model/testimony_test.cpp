// What other programs print, as Debian 12 has them, and what it says of a setting.
#include "model/testimony.hpp"

#include "support/catch.hpp"

using namespace nanotune;

namespace {

constexpr std::string_view ring = R"(Ring parameters for eth1:
Pre-set maximums:
RX:		4096
RX Mini:	n/a
TX:		4096
Current hardware settings:
RX:		256
RX Mini:	n/a
RX Jumbo:	n/a
TX:		512
CQE Size:		n/a
TX Push:	off
)";

constexpr std::string_view coalescing = R"(Coalesce parameters for eth5:
Adaptive RX: off  TX: on
stats-block-usecs:	0
sample-interval:	0

rx-usecs:	3
rx-frames:	n/a
rx-usecs-irq:	9
CQE mode RX: n/a  TX: n/a
)";

constexpr std::string_view link_shown =
    "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group "
    "default qlen 1000\n"
    "    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 65535 "
    "numtxqueues 4 numrxqueues 4 gso_max_size 65536 gso_max_segs 65535\n";

Inquiry asking(Witness witness) {
    witness.command = "program {}";
    return inquiry_of(witness, Target::nic("eth0")).value();
}

std::string said(Witness witness, std::string_view printed) {
    const auto text = testimony(asking(witness), printed);
    return text ? *text : text.error().message;
}

bool agrees_on(Witness witness, const Domain& domain, const char* text, const Value& value) {
    return agrees(asking(witness), domain, text, value);
}

Result<std::string> shouted(std::string_view) {
    return "LOUD";
}

}  // namespace

TEST_CASE("a command has the target where its pattern wants it", "[testimony]") {
    const auto whole = inquiry_of({.command = "ethtool --show-ring {}"}, Target::nic("eth0"));
    CHECK(command_line_of(whole.value()) == "ethtool --show-ring eth0");
    const auto parts = inquiry_of({.command = "cat /sys/class/net/{0}/queues/{1}/rps_cpus"},
                                  {"rx_queue", "eth0/rx-3"});
    CHECK(parts.value().command ==
          std::vector<std::string>{"cat", "/sys/class/net/eth0/queues/rx-3/rps_cpus"});
    CHECK(inquiry_of({.none = "nobody looks"}, Target::host()).error().message == "nobody looks");
}

TEST_CASE("without a label all that is printed is the value", "[testimony]") {
    CHECK(said({}, "always [madvise] never\n") == "always [madvise] never");
    CHECK(said({}, "4096\t131072\t6291456\n") == "4096 131072 6291456");
    CHECK(said({}, "").empty());
}

TEST_CASE("a value stands behind its label, in the part that a heading begins", "[testimony]") {
    constexpr std::string_view now = "Current hardware settings:";
    CHECK(said({.heading = now, .label = "RX:"}, ring) == "256");
    CHECK(said({.heading = now, .label = "TX:"}, ring) == "512");
    CHECK(said({.heading = now, .label = "TX Push:"}, ring) == "off");
    CHECK(said({.heading = now, .label = "RX Mini:"}, ring) ==
          "program prints nothing behind \"RX Mini:\"");
    CHECK(said({.label = "rx-usecs:"}, coalescing) == "3");
    CHECK(said({.label = "rx-usecs-irq:"}, coalescing) == "9");
    CHECK(said({.heading = "Adaptive", .label = "RX:"}, coalescing) == "off");
    CHECK(said({.heading = "Adaptive", .label = "TX:"}, coalescing) == "on");
    CHECK(said({.heading = "CQE mode", .label = "TX:"}, coalescing) ==
          "program prints nothing behind \"TX:\"");
}

TEST_CASE("a label is a word of its own", "[testimony]") {
    CHECK(said({.label = "mtu"}, link_shown) == "1500");
    CHECK(said({.label = "qlen"}, link_shown) == "1000");
    CHECK(said({.label = "gso_max_size"}, link_shown) == "65536");
    CHECK(said({.label = "max_size"}, link_shown) == "program prints nothing behind \"max_size\"");
    CHECK(said({.label = "legacy-rx"}, "Private flags for eth3:\nlegacy-rx   : off\n") == "off");
    CHECK(said({.label = "RSS hash key:"}, "RSS hash key:\n6d:5a:56\nRSS hash function:\n") ==
          "6d:5a:56");
}

TEST_CASE("a value of several words goes on until the text behind it", "[testimony]") {
    constexpr std::string_view printed =
        "\tAdvertised link modes:  10baseT/Half 10baseT/Full\n"
        "\t                        1000baseT/Full\n"
        "\tAdvertised pause frame use: Symmetric\n";
    CHECK(said({.heading = "Advertised link modes:", .until = "Advertised pause"}, printed) ==
          "10baseT/Half 10baseT/Full 1000baseT/Full");
    CHECK(said({.heading = "Advertised FEC modes:"}, printed) ==
          "program prints nothing behind \"Advertised FEC modes:\"");
}

TEST_CASE("what is said is read as the kernel, an author or a program spells it", "[testimony]") {
    CHECK(agrees_on({}, integer(0, 4096), "256", std::int64_t{256}));
    CHECK_FALSE(agrees_on({}, integer(0, 4096), "255", std::int64_t{256}));
    CHECK(agrees_on({}, choice("always | madvise | never"), "always [madvise] never",
                    std::string("madvise")));
    CHECK(agrees_on({}, flag(), "1", true));
    CHECK(agrees_on({}, flag(), "on", true));
    CHECK(agrees_on({}, flag(), "enabled", true));
    CHECK(agrees_on({}, flag("on | off"), "disabled", false));
    CHECK_FALSE(agrees_on({}, flag(), "off", true));
    CHECK_FALSE(agrees_on({}, flag(), "perhaps", true));
    CHECK(agrees_on({}, cpu_mask(), "f", CpuSet::range(0, 3)));
    CHECK(agrees_on({}, cpu_list(), "0-3", CpuSet::range(0, 3)));
    CHECK(agrees_on({}, choice("toeplitz | xor", "1 | 2"), "xor", std::string("xor")));
}

TEST_CASE("a row brings what is said into its own spelling", "[testimony]") {
    CHECK(agrees_on({.spelled = shouted}, text(), "quiet", std::string("LOUD")));
    CHECK_FALSE(agrees_on({.spelled = shouted}, text(), "LOUD ", std::string("LOUD ")));
}
