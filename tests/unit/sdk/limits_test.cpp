// What targets say that they take, asked before anything is written.
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

constexpr FileRow governors[] = {
    {{.name = "governor", .domain = choice("performance | powersave")},
     "/sys/policy{}/governor",
     {},
     "/sys/policy{}/offered"},
};
constexpr EthtoolRow rings[] = {
    {{.name = "ring.rx", .domain = integer(0, 65535)},
     ETHTOOL_A_RINGS_RX,
     4,
     ETHTOOL_A_RINGS_RX_MAX},
    {{.name = "ring.tx", .domain = integer(0, 65535)}, ETHTOOL_A_RINGS_TX},
};
constexpr LinkRow link_rows[] = {
    {{.name = "mtu", .domain = integer(0, 65536, Unit::bytes)},
     IFLA_MTU,
     IFLA_MIN_MTU,
     IFLA_MAX_MTU},
    {{.name = "txqueuelen", .domain = integer(0, 65536)}, IFLA_TXQLEN},
};

constexpr BankPlace anywhere{.stage = Stage::host, .discovery = discover::host};
const Target eth0 = Target::nic("eth0");

Status not_both_large(System& /*system*/, const std::string& /*device*/,
                      const EthtoolNumbers& /*now*/, const EthtoolNumbers& after) {
    return after.at(ETHTOOL_A_RINGS_RX).number + after.at(ETHTOOL_A_RINGS_TX).number > 4096
               ? failure(ErrorCode::unsupported, "too much together")
               : Status();
}

std::vector<std::string> answers(const Bank& bank, FakeHost host, const Target& target,
                                 const std::vector<Assignment>& assignments) {
    FakeSystem system(host);
    std::vector<std::string> words;
    for (const Status& status : bank.may_hold(system, target, assignments)) {
        words.push_back(status ? "" : status.error().message);
        CHECK((status || status.error().code == ErrorCode::unsupported));
    }
    CHECK(system.writes().empty());
    return words;
}

Assignment number(const Tunable& tunable, std::int64_t value) {
    return {.tunable = &tunable, .value = value};
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a number above what the driver reports as its most cannot be held", "[limits]") {
    const EthtoolBank bank({ETHTOOL_MSG_RINGS_GET, ETHTOOL_MSG_RINGS_SET}, rings, anywhere);
    const FakeHost host = given::host().with_nic("eth0");
    CHECK(answers(bank, host, eth0, {number(rings[0].tunable, 4096)}) == Words{""});
    CHECK(answers(bank, host, eth0,
                  {number(rings[0].tunable, 4097), number(rings[1].tunable, 60000)}) ==
          Words{"4097 is above its maximum of 4096", ""});
}

TEST_CASE("a driver that reports no maximum takes what the write shows", "[limits]") {
    const EthtoolBank bank({ETHTOOL_MSG_RINGS_GET, ETHTOOL_MSG_RINGS_SET}, rings, anywhere);
    FakeHost host = given::host().with_nic("eth0");
    host.without(ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX_MAX));
    CHECK(answers(bank, host, eth0, {number(rings[0].tunable, 60000)}) == Words{""});
}

TEST_CASE("numbers of one message must fit each other and those that stay", "[limits]") {
    const EthtoolBank bank({ETHTOOL_MSG_RINGS_GET, ETHTOOL_MSG_RINGS_SET, not_both_large}, rings,
                           anywhere);
    const FakeHost host = given::host().with_nic("eth0");  // 512 each
    CHECK(answers(bank, host, eth0, {number(rings[0].tunable, 3584)}) == Words{""});
    CHECK(answers(bank, host, eth0, {number(rings[0].tunable, 3585)}) ==
          Words{"too much together"});
    CHECK(answers(bank, host, eth0,
                  {number(rings[0].tunable, 9000), number(rings[1].tunable, 4000)}) ==
          Words{"9000 is above its maximum of 4096", "too much together"});
}

TEST_CASE("a link's own limits hold for it, in the setting's unit", "[limits]") {
    const LinkBank bank(link_rows, anywhere);
    const FakeHost host = given::host().with_nic("eth0");
    CHECK(answers(bank, host, eth0,
                  {number(link_rows[0].tunable, 9216), number(link_rows[1].tunable, 60000)}) ==
          Words{"", ""});
    CHECK(answers(bank, host, eth0, {number(link_rows[0].tunable, 60)}) ==
          Words{"60B is below its minimum of 68B"});
    CHECK(answers(bank, host, eth0, {number(link_rows[0].tunable, 9217)}) ==
          Words{"9217B is above its maximum of 9KiB"});
}

TEST_CASE("a link whose largest MTU is 0 has no largest", "[limits]") {
    const LinkBank bank(link_rows, anywhere);
    const FakeHost host =
        given::host().with_nic("eth0").with(link_number_cell("eth0", IFLA_MAX_MTU), "0");
    CHECK(answers(bank, host, eth0, {number(link_rows[0].tunable, 65536)}) == Words{""});
}

TEST_CASE("a word that the host does not offer cannot be held", "[limits]") {
    const FileBank bank(governors, anywhere);
    const FakeHost host = given::host()
                              .with("/sys/policy0/governor", "powersave")
                              .with("/sys/policy0/offered", "powersave schedutil");
    const Assignment wanted{.tunable = &governors[0].tunable, .value = std::string("performance")};
    CHECK(answers(bank, host, {"policy", "0"}, {wanted}) ==
          Words{"performance is not among what this host offers: powersave schedutil"});
}
