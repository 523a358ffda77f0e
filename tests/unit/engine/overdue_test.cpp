// What is taken back, or looked at, when there is no time left.
#include "engine/stage_plan.hpp"
#include "in_haste.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

/// Four NICs with a setting without impact and a fifth whose MTU drops packets, all overdue.
struct Overdue {
    explicit Overdue(const NicOptions& last = {})
        : scene(given::plain_host()
                    .with_nic("eth0")
                    .with_nic("eth1")
                    .with_nic("eth2")
                    .with_nic("eth3")
                    .with_nic("eth4", last)) {
        ApplyRequest request = apply_request();
        request.confirm_within = std::chrono::seconds(1);
        std::string text = "[nic.eth4]\nmtu = 1400\n";
        for (const char nic : {'0', '1', '2', '3'}) {
            text += std::string("[nic.eth") + nic + "]\nnapi.defer_hard_irqs = 2\n";
        }
        const Report report = scene.engine.apply(text, request);
        INFO(text_of(report));
        REQUIRE(report.exit == Exit::as_wanted);
        scene.engine.pass(std::chrono::seconds(5));
    }

    Scene scene;
};

}  // namespace

TEST_CASE("recovery writes nothing that it had no time to read and that nobody allowed",
          "[engine][timeout][consent]") {
    Overdue overdue;
    Scene& scene = overdue.scene;
    for (const char nic : {'0', '1', '2', '3'}) {
        scene.host.hang_reads(std::string("/sys/class/net/eth") + nic + "/napi_defer_hard_irqs");
    }
    ApplyRequest request = soon();
    request.consent = {};
    const Report report = scene.engine.apply("[memory]\nswappiness = 10\n", request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::consent_missing);
    CHECK(row_at(report, "nic.mtu", Target::nic("eth4")).message.contains("--allow drops"));
    CHECK(scene.host.text("link:eth4:number:4") == "1400");
    CHECK(scene.host.text("/proc/sys/vm/swappiness") == "60");
}

TEST_CASE("recovery without time to read asks for the operator's own NIC too",
          "[engine][timeout][consent]") {
    Overdue overdue({.default_route = true});
    Scene& scene = overdue.scene;
    for (const char nic : {'0', '1', '2', '3'}) {
        scene.host.hang_reads(std::string("/sys/class/net/eth") + nic + "/napi_defer_hard_irqs");
    }
    ApplyRequest request = soon();
    request.consent = Consent::from_words("drops").value();
    const Report report = scene.engine.apply("[memory]\nswappiness = 10\n", request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::consent_missing);
    CHECK(row_at(report, "nic.mtu", Target::nic("eth4")).message.contains("--allow management"));
    CHECK(scene.host.text("link:eth4:number:4") == "1400");
}

TEST_CASE("a rollback without time to check permissions ends as out of time", "[engine][timeout]") {
    Scene scene(
        given::plain_host().with_nic("eth0").with_nic("eth1").with_nic("eth2").with_nic("eth3"));
    REQUIRE(scene.engine.apply("[nic.\"eth*\"]\nnapi.defer_hard_irqs = 2\n").exit ==
            Exit::as_wanted);
    scene.host.hang_reads("/sys/class/net/*/napi_defer_hard_irqs");
    const Report report = scene.engine.rollback(rolled_back_soon());
    INFO(text_of(report));
    CHECK(report.exit == Exit::lock_or_timeout);
    CHECK_FALSE(report.changed);
}

TEST_CASE("an apply whose last look at a check hangs is taken back as one whole",
          "[engine][timeout]") {
    Scene scene(host_in_haste().with("/proc/cmdline", "quiet"));
    scene.engine.system().before_write([&](unsigned) { scene.host.hang_reads("/proc/cmdline"); });
    const Report report =
        scene.engine.apply("[boot]\nnosmt = true\n[memory]\nswappiness = 10\n", soon());
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(text_of(report).contains("boot.nosmt"));
    CHECK_FALSE(report.changed);
    CHECK(difference(scene.before, scene.host) == no_difference);
    CHECK(scene.engine.status().state == HostState::clean);
}

TEST_CASE("a check that cannot be read again is not judged by what it was", "[engine][apply]") {
    Scene scene(host_in_haste().with("/proc/cmdline", "quiet"));
    scene.engine.system().before_write([&](unsigned) { scene.host.unreadable("/proc/cmdline"); });
    const Report report = scene.engine.apply("[boot]\nnosmt = true\n[memory]\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    const Row row = row_at(report, "boot.nosmt", Target::host());
    CHECK(row.outcome == Outcome::refused);
    CHECK(row.before.empty());
    CHECK(row.message.contains("could not be read"));
    CHECK(scene.engine.status().state == HostState::tuned);
}
