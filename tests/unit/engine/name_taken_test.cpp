// Names that go to other devices while an apply or a rollback is at work.
#include <linux/ethtool_netlink.h>

#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "veth_scene.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

/// Devices change their names just before the write of this; a look at it does not count.
ProgressSink swapping_before(FakeHost& host, std::string what, bool& has_swapped) {
    return [&host, what = std::move(what), &has_swapped](const Progress& now) {
        if (!has_swapped && now.doing.contains(what)) {
            has_swapped = true;
            swap_nics(host, "veth0", "veth1");
        }
    };
}

/// Two cards exchange their names so many looks after the first one's queues were changed.
class SwapAfterQueues {
  public:
    SwapAfterQueues(Scene& scene, unsigned after) : host_(scene.host), after_(after) {
        host_.on_write("ethtool:eth0:" + std::to_string(ETHTOOL_MSG_CHANNELS_GET) + ":*",
                       [this](Edit& /*edit*/, const Write& /*write*/) { is_due_ = true; });
        scene.engine.system().before_look([this] {
            if (is_due_ && ++looks_ == after_) {
                swap_nics(host_, "eth0", "eth1");
            }
        });
    }
    [[nodiscard]] bool has_swapped() const { return looks_ >= after_; }

  private:
    FakeHost& host_;
    unsigned after_;
    bool is_due_ = false;
    unsigned looks_ = 0;
};

constexpr std::string_view two_kinds_of_name =
    "[nic.veth0]\nmtu = 1400\ntxqueuelen = 500\n"
    "[sysctl]\n\"net.ipv4.conf.veth0.rp_filter\" = 2\n\"net.core.rmem_max\" = 212993\n";

}  // namespace

TEST_CASE_METHOD(VethScene,
                 "a device that is given the name of another amid an apply is not written",
                 "[engine][device]") {
    bool has_swapped = false;
    ApplyRequest request = apply_request();
    const std::string before_which = GENERATE(" on veth0", " on host");
    request.progress = swapping_before(host, before_which, has_swapped);
    const Report report = engine.apply(two_kinds_of_name, request);
    INFO(before_which << "\n" << text_of(report));
    REQUIRE(has_swapped);
    CHECK(report.exit == Exit::rolled_back);
    CHECK(text_of(report).contains(
        "another device was given the name veth0 meanwhile, and is left alone"));
    swap_nics(host, "veth0", "veth1");
    CHECK(difference(before, host) == no_difference);
    CHECK(engine.status().state == HostState::clean);
}

TEST_CASE_METHOD(
    VethScene,
    "a device that lost its name keeps no other from being set where what is reached stays",
    "[engine][device]") {
    bool has_swapped = false;
    ApplyRequest request = apply_request();
    request.progress = swapping_before(host, " on veth0", has_swapped);
    const Report report = engine.apply(
        "[profile]\non_failure = \"keep\"\n" + std::string(two_kinds_of_name), request);
    INFO(text_of(report));
    REQUIRE(has_swapped);
    CHECK(report.exit == Exit::differs);
    CHECK(row_at(report, "sysctl.net.core.rmem_max", Target::host()).outcome == Outcome::changed);
    CHECK(host.text("/proc/sys/net/core/rmem_max") == "212993");
    const Row lost = filter_row(report, "veth0");
    CHECK(lost.outcome == Outcome::refused);
    CHECK(lost.message == "another device was given the name veth0 meanwhile, and is left alone");
    CHECK(row_at(report, "nic.mtu", Target::nic("veth0")).outcome == Outcome::refused);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    swap_nics(host, "veth0", "veth1");
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("nothing is written that resets what another device's name stands for by now",
          "[engine][device]") {
    Scene scene(given::plain_host()
                    .with_nic("eth0")
                    .with_nic("eth0.100", {.kind = "vlan", .over = "eth0"})
                    .with_nic("eth1")
                    .with_nic("eth2", {.mtu = 1450}));
    bool has_swapped = false;
    ApplyRequest request = apply_request();
    request.progress = [&](const Progress& now) {
        if (!has_swapped && now.doing.contains(" on eth1")) {
            has_swapped = true;
            swap_nics(scene.host, "eth0.100", "eth2");
        }
    };
    const Report report =
        scene.engine.apply("[nic.eth1]\nring.rx = 1024\n[nic.eth0]\nmtu = 1400\n", request);
    INFO(text_of(report));
    REQUIRE(has_swapped);
    CHECK(report.exit == Exit::rolled_back);
    CHECK(text_of(report).contains(
        "another device was given the name eth0.100 meanwhile, and is left alone"));
    CHECK(scene.engine.status().state == HostState::clean);
}

TEST_CASE_METHOD(VethScene,
                 "a device that is given the name of another amid a rollback is not written",
                 "[engine][device]") {
    tune(two_kinds_of_name);
    bool has_swapped = false;
    RollbackRequest request = rollback_request();
    const std::string before_which = GENERATE(" on veth0", " on host");
    request.progress = swapping_before(host, before_which, has_swapped);
    const Report report = engine.rollback(request);
    INFO(before_which << "\n" << text_of(report));
    REQUIRE(has_swapped);
    CHECK(report.exit == Exit::not_restored);
    const Report again = engine.rollback();
    INFO(text_of(again));
    CHECK(again.exit == Exit::as_wanted);
    swap_nics(host, "veth0", "veth1");
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("interrupts of a card that is given another's name amid an apply stay as they are",
          "[engine][device]") {
    const bool tells_queues = GENERATE(false, true);
    unsigned after = 1;
    for (bool is_over = false; !is_over; ++after) {
        Scene scene(given::plain_host()
                        .with_nic("eth0", {.tells_queues = tells_queues})
                        .with_nic("eth1", {.tells_queues = tells_queues}));
        SwapAfterQueues cards(scene, after);
        const Report report =
            scene.engine.apply("[nic.eth0]\nchannels.combined = 2\n[irq.eth0]\ncpus = \"1\"\n");
        INFO("at look " << after << "\n" << text_of(report));
        is_over = !cards.has_swapped();
        for (unsigned irq = 112; irq < 116; ++irq) {  // of the second card
            CHECK(scene.host.text(irq_file(irq, "smp_affinity_list")) ==
                  scene.before.text(irq_file(irq, "smp_affinity_list")));
        }
    }
    CHECK(after > 10);
}
