// Moderation and polling of single queues.
#include <algorithm>

#include <linux/ethtool_netlink.h>

#include <nanotune/discover.hpp>

#include "nic/queue_coalesce_bank.hpp"
#include "nic/queue_napi_bank.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr BankPlace queues{.stage = Stage::interrupts, .discovery = discover::rx_queues};
const nic::QueueCoalesceBank receive{nic::receive_coalesce_rows(), queues};
const nic::QueueNapiBank napi{queues};
const Target queue1{.kind = "rx_queue", .name = "eth0/rx-1"};

const Tunable& row(const Bank& bank, std::string_view name) {
    const auto all = bank.tunables();
    const auto found = std::ranges::find(all, name, &Tunable::name);
    REQUIRE(found != all.end());
    return **found;
}

Result<Value> read(FakeHost& host, const Bank& bank, std::string_view name) {
    FakeSystem system(host);
    const Tunable* const wanted[] = {&row(bank, name)};
    NT_TRY(const Reading reading, bank.read(system, queue1, wanted).at(0));
    return reading.value;
}

Status write(FakeHost& host, const Bank& bank, std::string_view name, Value value) {
    FakeSystem system(host);
    const Assignment assignments[] = {{&row(bank, name), std::move(value)}};
    return bank.write(system, queue1, assignments).at(0);
}

constexpr std::string_view defer = "per_queue.napi.defer_hard_irqs";
constexpr std::string_view suspend = "per_queue.napi.irq_suspend_timeout";
const std::string defer_file = "/sys/class/net/eth0/napi_defer_hard_irqs";

}  // namespace

TEST_CASE("one queue's moderation leaves its neighbours'", "[nic][queues]") {
    FakeHost host = given::host().with_nic("eth0");
    constexpr std::string_view usecs = "per_queue.coalesce.rx_usecs";
    REQUIRE(write(host, receive, usecs, Value(std::int64_t{8})));
    CHECK(read(host, receive, usecs) == Value(std::int64_t{8}));
    CHECK(host.text(queue_coalesce_cell("eth0", 1, ETHTOOL_A_COALESCE_RX_USECS)) == "8");
    CHECK(host.text(queue_coalesce_cell("eth0", 0, ETHTOOL_A_COALESCE_RX_USECS)) == "32");
    REQUIRE(write(host, receive, "per_queue.coalesce.adaptive_rx", Value(false)));
    CHECK(read(host, receive, "per_queue.coalesce.adaptive_rx") == Value(false));
}

TEST_CASE("a driver without moderation of single queues is told by the kernel", "[nic][queues]") {
    FakeHost host = given::host().with_nic("eth0").without("coalesce:*");
    const auto absent = read(host, receive, "per_queue.coalesce.rx_usecs");
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == ErrorCode::unsupported);
}

TEST_CASE("one queue's polling is set by its NAPI instance", "[nic][queues]") {
    FakeHost host = given::host().with_nic("eth0");
    const FakeHost before = host;
    REQUIRE(write(host, napi, defer, Value(std::int64_t{20})));
    CHECK(read(host, napi, defer) == Value(std::int64_t{20}));
    REQUIRE(write(host, napi, suspend, Value(std::int64_t{1000})));
    CHECK(read(host, napi, suspend) == Value(std::int64_t{1000}));
    CHECK(host.text(defer_file) == "0");
    REQUIRE(write(host, napi, defer, Value(std::int64_t{0})));
    REQUIRE(write(host, napi, suspend, Value(std::int64_t{0})));
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("on an older kernel the file serves a device with one queue, and no other",
          "[nic][queues]") {
    FakeHost host = given::host().with_nic("eth0").without("napi:*");
    const auto several = read(host, napi, defer);
    REQUIRE_FALSE(several);
    CHECK(several.error().code == ErrorCode::unsupported);
    CHECK(several.error().message.contains(
        "nic.napi.defer_hard_irqs sets it for all queues of eth0"));
    CHECK_FALSE(write(host, napi, defer, Value(std::int64_t{20})));
    CHECK(host.text(defer_file) == "0");

    FakeHost single = given::host().with_nic("eth0", {.queues = 1}).without("napi:*");
    CHECK(read(single, napi, defer) == Value(std::int64_t{0}));
    REQUIRE(write(single, napi, defer, Value(std::int64_t{20})));
    CHECK(single.text(defer_file) == "20");
    CHECK(read(single, napi, suspend).error().code == ErrorCode::unsupported);
}
