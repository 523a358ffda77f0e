// A plan that somebody has seen is what is applied, or nothing is.
#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "veth_scene.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr std::string_view seen_low_swap = "[memory]\nswappiness = 10\n";

const std::string mtu_of_veth0 = "[nic.veth0]\nmtu = 1400\n";

ApplyRequest as_seen(EngineOn& engine, std::string_view profile) {
    ApplyRequest request = apply_request();
    request.expected_plan = fingerprint_of(engine.planned(profile));
    return request;
}

}  // namespace

TEST_CASE("a plan that the operator saw is refused when the host has changed since",
          "[engine][apply]") {
    FakeHost host = given::plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    ApplyRequest request = apply_request();
    request.expected_plan = fingerprint_of(engine.planned(seen_low_swap));
    host.cells[swappiness] = "30";

    const Report report = engine.apply(seen_low_swap, request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    CHECK(host.text(swappiness) == "30");

    host.cells[swappiness] = "60";
    CHECK(engine.apply(seen_low_swap, request).exit == Exit::as_wanted);
}

TEST_CASE(
    "a plan that the operator saw is refused when the profile says something else since, "
    "though it would change the same",
    "[engine][apply]") {
    FakeHost host = given::plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    ApplyRequest request = apply_request();
    request.expected_plan = fingerprint_of(engine.planned(seen_low_swap));
    const std::string kept = "[profile]\non_failure = \"keep\"\n" + std::string(seen_low_swap);

    CHECK(changes_of(engine.planned(kept)) == changes_of(engine.planned(seen_low_swap)));
    CHECK(engine.apply(kept, request).exit == Exit::refused);
    CHECK(host.text(swappiness) == "60");

    CHECK(engine.apply("# The same\n" + std::string(seen_low_swap), request).exit ==
          Exit::as_wanted);
}

TEST_CASE_METHOD(VethScene,
                 "a plan that the operator saw is refused where another device has got the name",
                 "[engine][apply]") {
    const std::string profile = GENERATE(as<std::string>{}, mtu_of_veth0,
                                         "[sysctl]\n\"net.ipv4.conf.veth0.rp_filter\" = 2\n",
                                         "[nic.veth0]\nrps.cpus = \"1-2\"\n");
    host.with(link_number_cell("veth1", 4), mtu_of(host, "veth0"));
    const ApplyRequest seen = as_seen(engine, profile);
    SECTION("of one that is removed") {
        remove_nic(host, "veth0");
        rename_nic(host, "veth1", "veth0");
    }
    SECTION("of one that is called otherwise now") {
        swap_nics(host, "veth0", "veth1");
    }
    const FakeHost moved = host;
    REQUIRE(changes_of(engine.planned(profile)) != changes_of(Report()));
    const Report report = engine.apply(profile, seen);
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    CHECK(difference(moved, host) == no_difference);
    CHECK(engine.apply(profile, as_seen(engine, profile)).exit == Exit::as_wanted);
}

TEST_CASE_METHOD(VethScene,
                 "a plan that the operator saw is refused where its device was made anew since",
                 "[engine][apply]") {
    const ApplyRequest seen = as_seen(engine, mtu_of_veth0);
    remove_nic(host, "veth0");
    host.with_nic("veth0", {.kind = "veth", .mtu = 1500, .index = 40});
    CHECK(engine.apply(mtu_of_veth0, seen).exit == Exit::refused);
    CHECK(mtu_of(host, "veth0") == "1500");
}

TEST_CASE_METHOD(VethScene,
                 "a plan that the operator saw is applied where devices changed that it leaves "
                 "alone, or marks that do not make another one",
                 "[engine][apply]") {
    const std::string profile = mtu_of_veth0 + "[nic.veth1]\nmtu = 1600\n";
    const ApplyRequest seen = as_seen(engine, profile);
    SECTION("another one was made anew") {
        remove_nic(host, "veth1");
        host.with_nic("veth1", {.kind = "veth", .mtu = 1600, .index = 40});
    }
    SECTION("it was given another address") {
        host.with(link_cell("veth0", "mac"), "02:00:00:00:00:99");
    }
    const Report report = engine.apply(profile, seen);
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(mtu_of(host, "veth0") == "1400");
}

TEST_CASE(
    "a plan that the operator saw of a card is applied once its driver was loaded anew, and "
    "refused for another card",
    "[engine][apply]") {
    const std::string profile = "[nic.eth0]\nmtu = 1400\n";
    Scene scene(given::plain_host().with_nic("eth0").with_nic("eth1"));
    const ApplyRequest seen = as_seen(scene.engine, profile);
    SECTION("the same card") {
        reload_driver(scene.host, "eth0", {});
        CHECK(scene.engine.apply(profile, seen).exit == Exit::as_wanted);
    }
    SECTION("another card in its place") {
        reload_driver(scene.host, "eth0", {});
        scene.host.with(link_cell("eth0", "mac"), "02:00:00:00:00:99");
        CHECK(scene.engine.apply(profile, seen).exit == Exit::refused);
    }
    SECTION("the card beside it") {
        swap_nics(scene.host, "eth0", "eth1");
        CHECK(scene.engine.apply(profile, seen).exit == Exit::refused);
    }
}
