// What was set on a device that is no more, or somewhere else.
#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "veth_scene.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE_METHOD(VethScene, "another device with the name of one that is no more is never written",
                 "[engine][device]") {
    tune();
    remove_nic(host, "veth0");
    host.with_nic("veth0", {.kind = "veth", .mtu = 1400, .index = 9});
    host.cells[filter + "veth0/rp_filter"] = "2";
    const FakeHost anew = host;
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(difference(anew, host) == no_difference);
    CHECK(row_at(report, "nic.mtu", Target::nic("veth0")).outcome == Outcome::gone);
    CHECK(filter_row(report, "veth0").outcome == Outcome::gone);
    CHECK(filter_row(report, "veth0").message ==
          "its device is no more, and another one is called veth0 now");
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.state == HostState::clean);
    CHECK(engine.status().left.empty());
}

TEST_CASE_METHOD(VethScene, "a device that was moved away keeps what it holds, which is said",
                 "[engine][device]") {
    tune();
    move_nic_away(host, "veth0");
    const Report verified = engine.verify();
    INFO(text_of(verified));
    CHECK(verified.exit == Exit::differs);
    CHECK(row_at(verified, "nic.mtu", Target::nic("veth0")).outcome == Outcome::away);

    const Report planned = engine.engine().rollback_plan(rollback_request());
    INFO(text_of(planned));
    CHECK(planned.exit == Exit::differs);
    CHECK(row_at(planned, "nic.mtu", Target::nic("veth0")).outcome == Outcome::away);

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    CHECK(report.state == HostState::degraded);
    CHECK(row_at(report, "nic.mtu", Target::nic("veth0")).outcome == Outcome::away);
    CHECK(filter_row(report, "veth0").message ==
          "its device is away; its old value is kept for when it is back");
    CHECK(text_of(report).contains("2 settings are away"));
    const HostStatus status = engine.status();
    CHECK(status.state == HostState::degraded);
    REQUIRE(status.left.size() == 2);
    CHECK(status.left[0].outcome == Outcome::away);

    SECTION("once it is back it is restored") {
        move_nic_back(host, "veth0");
        const HostStatus back = engine.status();
        REQUIRE(back.left.size() == 2);
        CHECK(back.left[0].message == "it is back: rollback restores it");
        const Report again = engine.rollback();
        INFO(text_of(again));
        CHECK(again.exit == Exit::as_wanted);
        CHECK(again.state == HostState::clean);
        CHECK(difference(before, host) == no_difference);
        CHECK(engine.status().left.empty());
    }
    SECTION("as long as it is away rollback ends the same") {
        CHECK(engine.rollback().exit == Exit::differs);
        CHECK(engine.status().left.size() == 2);
    }
    SECTION("another device of that name has a baseline of its own") {
        host.with_nic("veth0", {.kind = "veth", .mtu = 1700, .index = 9});
        const FakeHost anew = host;
        const Report applied = engine.apply("[nic.veth0]\nmtu = 1300\n");
        INFO(text_of(applied));
        CHECK(applied.exit == Exit::as_wanted);
        CHECK(applied.state == HostState::tuned);
        CHECK(applied.rows.size() == 1);
        const Report undone = engine.rollback_all();
        INFO(text_of(undone));
        CHECK(undone.exit == Exit::differs);
        CHECK(difference(anew, host) == no_difference);
    }
    SECTION("what is forced to the baseline is forgotten, and that is not called restored") {
        const Report forgotten = forget();
        INFO(text_of(forgotten));
        CHECK(forgotten.exit == Exit::differs);
        CHECK(row_at(forgotten, "nic.mtu", Target::nic("veth0")).message ==
              "its device is away; its old value is forgotten");
        CHECK(engine.status().left.empty());
        CHECK(engine.status().state == HostState::clean);
        CHECK(engine.rollback().exit == Exit::as_wanted);
    }
    SECTION("once it is no more, nothing is left of it") {
        host.without("elsewhere:*").without("away:*");
        const HostStatus gone = engine.status();
        REQUIRE(gone.left.size() == 2);
        CHECK(gone.left[0].outcome == Outcome::gone);
        CHECK(engine.rollback().exit == Exit::as_wanted);
        CHECK(engine.status().left.empty());
        CHECK(engine.status().state == HostState::clean);
    }
}

TEST_CASE_METHOD(VethScene,
                 "what the next profile cannot return, as its device is away, is said until it is",
                 "[engine][device]") {
    tune();
    move_nic_away(host, "veth0");
    constexpr std::string_view next = "[sysctl]\n\"net.core.rmem_max\" = 300000\n";
    REQUIRE(engine.apply(next).exit == Exit::as_wanted);
    const HostStatus status = engine.status();
    REQUIRE(status.left.size() == 2);
    CHECK(status.left[0].outcome == Outcome::away);
    const Report verified = engine.verify();
    CHECK(verified.exit == Exit::as_wanted);
    CHECK(text_of(verified).contains("2 settings are away"));

    move_nic_back(host, "veth0");
    REQUIRE(engine.apply(next).exit == Exit::as_wanted);
    CHECK(mtu_of(host, "veth0") == "1500");
    CHECK(engine.status().left.empty());
    CHECK_FALSE(text_of(engine.verify()).contains("away"));
}

TEST_CASE_METHOD(VethScene, "whoever may not look into other namespaces calls no device gone",
                 "[engine][device]") {
    tune();
    remove_nic(host, "veth0");
    host.lacks(Capability::sys_admin);
    const Report report = engine.verify();
    INFO(text_of(report));
    CHECK(row_at(report, "nic.mtu", Target::nic("veth0")).outcome == Outcome::away);
}
