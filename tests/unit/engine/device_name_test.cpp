// What was set on a device follows it to whatever it is called.
#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "support/no_threads.hpp"
#include "veth_scene.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE_METHOD(VethScene, "a renamed device gets its old values back under its new name",
                 "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "foo");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.state == HostState::clean);
    const Row row = row_at(report, "nic.mtu", Target::nic("foo"));
    CHECK(row.outcome == Outcome::changed);
    CHECK(row.message == "foo, renamed from veth0");
    CHECK(filter_row(report, "foo").message == "foo, renamed from veth0");
    CHECK(mtu_of(host, "foo") == "1500");
    CHECK(filter_of(host, "foo") == "0");
}

TEST_CASE_METHOD(VethScene,
                 "a renamed device gets its old values back where no thread is to be had, too",
                 "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "foo");
    EngineOn later(host, folder.path());  // which has no thread yet
    const NoThreads none;
    REQUIRE(none.is_so());
    const Report report = later.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.state == HostState::clean);
    CHECK(row_at(report, "nic.mtu", Target::nic("foo")).message == "foo, renamed from veth0");
    CHECK(mtu_of(host, "foo") == "1500");
    CHECK(filter_of(host, "foo") == "0");
}

TEST_CASE_METHOD(VethScene, "devices that swapped their names get their own old values back",
                 "[engine][device]") {
    tune(
        "[nic.veth0]\nmtu = 1400\n[nic.veth1]\nmtu = 1450\n"
        "[sysctl]\n\"net.ipv4.conf.veth0.rp_filter\" = 2\n"
        "\"net.ipv4.conf.veth1.rp_filter\" = 1\n");
    swap_nics(host, "veth0", "veth1");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    FakeHost swapped = before;
    swap_nics(swapped, "veth0", "veth1");
    CHECK(difference(swapped, host) == no_difference);
    CHECK(row_at(report, "nic.mtu", Target::nic("veth1")).message == "veth1, renamed from veth0");
}

TEST_CASE_METHOD(VethScene, "a rollback plan shows a renamed device as rollback then does",
                 "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "foo");
    const Report report = engine.engine().rollback_plan(rollback_request());
    INFO(text_of(report));
    CHECK(row_at(report, "nic.mtu", Target::nic("foo")).outcome == Outcome::not_done);
    CHECK(row_at(report, "nic.mtu", Target::nic("veth0")).setting == "none");
}

TEST_CASE_METHOD(VethScene, "verify and status follow a renamed device", "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "foo");
    const Report report = engine.verify();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(row_at(report, "nic.mtu", Target::nic("foo")).message == "foo, renamed from veth0");
    const HostStatus status = engine.status();
    CHECK(status.rows.size() == 2);
    CHECK(status.rows[0].target == Target::nic("foo"));
    CHECK(status.rows[0].message == "foo, renamed from veth0");
    CHECK(status.rows[1].setting == "sysctl.net.ipv4.conf.foo.rp_filter");
}

TEST_CASE_METHOD(VethScene, "a profile that names the device as it is called now finds its values",
                 "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "foo");
    const std::size_t writes = engine.system().writes().size();
    const Report report =
        engine.apply("[nic.foo]\nmtu = 1400\n[sysctl]\n\"net.ipv4.conf.foo.rp_filter\" = 2\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.rows.size() == 2);
    CHECK(engine.system().writes().size() == writes);
    CHECK(engine.rollback_all().exit == Exit::as_wanted);
    CHECK(mtu_of(host, "foo") == "1500");
    CHECK(filter_of(host, "foo") == "0");
}

TEST_CASE_METHOD(VethScene, "the next profile returns a renamed device to its baseline",
                 "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "foo");
    const Report report = engine.apply("[memory]\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(mtu_of(host, "foo") == "1500");
    CHECK(filter_of(host, "foo") == "0");
}

TEST_CASE_METHOD(VethScene, "a device's queues follow it to its new name", "[engine][device]") {
    tune("[nic.veth0]\nrps.cpus = \"1-2\"\n");
    const std::string renamed = "/sys/class/net/veth0.100/queues/rx-0/rps_cpus";
    rename_nic(host, "veth0", "veth0.100");
    REQUIRE(host.text(renamed) == "6");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(row_at(report, "nic.rps.cpus", {"rx_queue", "veth0.100/rx-0"}).outcome ==
          Outcome::changed);
    CHECK(host.text(renamed) == before.text("/sys/class/net/veth0/queues/rx-0/rps_cpus"));
}

TEST_CASE_METHOD(VethScene, "a sysctl follows its device to a name with a dot",
                 "[engine][device]") {
    tune();
    rename_nic(host, "veth0", "veth0.100");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(row_at(report, "sysctl.net/ipv4/conf/veth0.100/rp_filter", Target::host()).outcome ==
          Outcome::changed);
    CHECK(filter_of(host, "veth0.100") == "0");
}

TEST_CASE_METHOD(VethScene,
                 "an apply that was cut off is undone on a device that was renamed since",
                 "[engine][device]") {
    tune();
    {
        std::vector<std::string> notes;
        auto journal = engine.state().open(notes, Opening::undo);
        REQUIRE(journal);
        REQUIRE(journal->append(record::Begin{.id = journal->ledger().last_id() + 1,
                                              .kind = "rollback",
                                              .undoes = journal->ledger().last_id(),
                                              .profile = "test"}));
        REQUIRE(journal->sync());
    }
    rename_nic(host, "veth0", "foo");
    const Report report = engine.apply("[memory]\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(mtu_of(host, "foo") == "1500");
    CHECK(filter_of(host, "foo") == "0");
}
