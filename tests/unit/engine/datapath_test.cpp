// A datapath through the life of a profile: started last, changed while it runs, missed when it has
// died, and gone with the profile.
#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr std::string_view orders =
    "[datapath.orders]\nlisten = \"192.0.2.1:8080\"\ninterface = \"eth0\"\n";
const Target target{"datapath", "orders"};

FakeHost host_with_nic() {
    return given::plain_host().with_nic("eth0");
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

bool holds(const FakeHost& host, const std::string& line) {
    return (host.text(worker_cell("orders")) + "\n").contains("\n" + line + "\n");
}

}  // namespace

TEST_CASE("a section brings a datapath about, unarmed, and rollback leaves nothing of it",
          "[engine][datapath]") {
    Scene scene(host_with_nic());
    const Report applied = scene.engine.apply(orders);
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(holds(scene.host, "listen 192.0.2.1:8080"));
    CHECK(holds(scene.host, "enabled 0"));
    CHECK(holds(scene.host, "backend auto"));
    CHECK(scene.engine.verify().exit == Exit::as_wanted);
    CHECK_FALSE(scene.engine.apply(orders).changed);
    CHECK(scene.engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("a datapath starts after everything else has been set", "[engine][datapath]") {
    Scene scene(host_with_nic());
    REQUIRE(scene.engine.apply(std::string(orders) + "[sysctl]\n\"vm.swappiness\" = 1\n").exit ==
            Exit::as_wanted);
    const auto writes = scene.engine.system().writes();
    REQUIRE(writes.size() == 2);
    CHECK(writes[0] == "/proc/sys/vm/swappiness=1");
    CHECK(writes[1].starts_with("worker:orders=runs"));
    REQUIRE(scene.engine.rollback_all().exit == Exit::as_wanted);
    CHECK(scene.engine.system().writes()[2] == "worker:orders=");
}

TEST_CASE("a datapath does not start where what comes before it fails", "[engine][datapath]") {
    const std::string profile = std::string(orders) + "[sysctl]\n\"vm.swappiness\" = 1\n";
    SECTION("and everything is taken back") {
        Scene scene(host_with_nic().refuse("vm/swappiness", {.error = 22, .words = ""}));
        CHECK(scene.engine.apply(profile).exit == Exit::rolled_back);
        CHECK(difference(scene.before, scene.host) == no_difference);
    }
    SECTION("or the rest is kept") {
        Scene scene(host_with_nic().refuse("vm/swappiness", {.error = 22, .words = ""}));
        const Report kept = scene.engine.apply("[profile]\non_failure = \"keep\"\n" + profile +
                                               "\"vm.dirty_ratio\" = 7\n");
        INFO(text_of(kept));
        CHECK(kept.exit == Exit::differs);
        CHECK(row_at(kept, "datapath.listen", target).outcome == Outcome::not_done);
        CHECK(scene.host.text("/proc/sys/vm/dirty_ratio") == "7");
        CHECK_FALSE(scene.host.cells.contains(worker_cell("orders")));
    }
}

TEST_CASE("a datapath that does not get its turn to start anew is not ended for that",
          "[engine][datapath]") {
    Scene scene(host_with_nic());
    REQUIRE(scene.engine.apply(orders).exit == Exit::as_wanted);
    const FakeHost running = scene.host;
    const bool is_first = GENERATE(true, false);
    scene.host.check(worker_cell("orders"), [is_first](const Cells& /*cells*/, const Write& write) {
        const bool is_other = write.text.contains("\nbackend udp");
        return !write.text.starts_with("runs") ? std::optional<Refusal>()
               : is_other && !is_first         ? Refusal{.error = 22, .words = "no"}
                                               : Refusal{.error = 16, .words = "later"};
    });
    const Report report = scene.engine.apply(std::string(orders) + "backend = \"udp\"\n");
    CHECK(report.exit == Exit::rolled_back);
    CHECK(text_of(report).contains("later"));
    CHECK(difference(running, scene.host) == no_difference);
}

TEST_CASE("a datapath that is told to starts although something else failed and the rest is kept",
          "[engine][datapath]") {
    const std::string section = std::string(orders) + "start = \"anyway\"\n";
    const std::string failing = "[sysctl]\n\"vm.swappiness\" = 1\n\"vm.dirty_ratio\" = 7\n";
    const std::string keep = "[profile]\non_failure = \"keep\"\n";
    Scene scene(host_with_nic().refuse("vm/swappiness", {.error = 22, .words = ""}));
    SECTION("beside one that is not told to") {
        const Report kept = scene.engine.apply(
            keep + section + "[datapath.others]\nlisten = \"192.0.2.1:8081\"\n" + failing);
        INFO(text_of(kept));
        CHECK(kept.exit == Exit::differs);
        CHECK(row_at(kept, "datapath.listen", target).outcome == Outcome::changed);
        CHECK(holds(scene.host, "start anyway"));
        CHECK(row_at(kept, "datapath.listen", {"datapath", "others"}).outcome == Outcome::not_done);
        CHECK_FALSE(scene.host.cells.contains(worker_cell("others")));
        CHECK(scene.engine.rollback_all().exit == Exit::as_wanted);
        CHECK(difference(scene.before, scene.host) == no_difference);
    }
    SECTION("but not while everything is taken back") {
        CHECK(scene.engine.apply(section + failing).exit == Exit::rolled_back);
        CHECK(std::ranges::none_of(scene.engine.system().writes(), [](const std::string& write) {
            return write.starts_with("worker:");
        }));
        CHECK(difference(scene.before, scene.host) == no_difference);
    }
    SECTION("and not where it fails itself") {
        scene.host.refuse(worker_cell("orders"), {.error = 5, .words = ""});
        const Report kept = scene.engine.apply(keep + section + failing);
        CHECK(kept.exit == Exit::differs);
        CHECK(row_at(kept, "datapath.listen", target).outcome == Outcome::refused);
        CHECK_FALSE(scene.host.cells.contains(worker_cell("orders")));
    }
}

TEST_CASE("a datapath ends where the next profile does not name it", "[engine][datapath]") {
    Scene scene(host_with_nic());
    REQUIRE(scene.engine.apply(std::string(orders) + "backend = \"packet\"\n").exit ==
            Exit::as_wanted);
    const Report applied = scene.engine.apply("[sysctl]\n\"vm.swappiness\" = 1\n");
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK_FALSE(scene.host.cells.contains(worker_cell("orders")));
    CHECK(scene.engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("a datapath that the profile does not name any more makes room before others start",
          "[engine][datapath]") {
    const std::string renamed = "[datapath.aa]\nlisten = \"192.0.2.1:8080\"\n";
    Scene scene(host_with_nic());
    REQUIRE(scene.engine.apply(orders).exit == Exit::as_wanted);
    REQUIRE(scene.engine.apply(renamed).exit == Exit::as_wanted);
    auto writes = scene.engine.system().writes();
    CHECK(writes.at(writes.size() - 2) == "worker:orders=");
    CHECK(writes.back().starts_with("worker:aa=runs"));
    REQUIRE(scene.engine.rollback().exit == Exit::as_wanted);
    writes = scene.engine.system().writes();
    CHECK(writes.at(writes.size() - 2) == "worker:aa=");
    CHECK(writes.back().starts_with("worker:orders=runs"));
}

TEST_CASE("a datapath that the profile does not name ends although something else failed",
          "[engine][datapath]") {
    Scene scene(host_with_nic());
    REQUIRE(scene.engine.apply(orders).exit == Exit::as_wanted);
    scene.host.refuse("vm/swappiness", {.error = 22, .words = ""});
    const Report kept =
        scene.engine.apply("[profile]\non_failure = \"keep\"\n[sysctl]\n\"vm.swappiness\" = 1\n");
    INFO(text_of(kept));
    CHECK(kept.exit == Exit::differs);
    CHECK_FALSE(scene.host.cells.contains(worker_cell("orders")));
}

TEST_CASE("price, quantity and enabled change while it runs, anything else starts it anew",
          "[engine][datapath]") {
    Scene scene(host_with_nic());
    REQUIRE(scene.engine.apply(orders).exit == Exit::as_wanted);
    scene.host.refuse(worker_cell("*"), {.error = 5, .words = "started anew"});
    CHECK(scene.engine.apply(std::string(orders) + "logic = \"echo\"\n").exit != Exit::as_wanted);
    scene.host.behaviours.checks.clear();
    const Report changed =
        scene.engine.apply(std::string(orders) + "price = 9000\nquantity = 7\nenabled = true\n");
    INFO(text_of(changed));
    CHECK(changed.exit == Exit::as_wanted);
    CHECK(holds(scene.host, "price 9000"));
    CHECK(holds(scene.host, "quantity 7"));
    CHECK(holds(scene.host, "enabled 1"));
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(holds(scene.host, "price 10000"));
    CHECK(holds(scene.host, "enabled 0"));
}

TEST_CASE("a worker that died is drift, apply starts it again, and rollback forgets it",
          "[engine][datapath]") {
    Scene scene(host_with_nic());
    REQUIRE(scene.engine.apply(orders).exit == Exit::as_wanted);
    std::string died = scene.host.text(worker_cell("orders"));
    died.replace(0, first_line(died).size(), "ended killed by SIGSEGV");
    scene.host.with(worker_cell("orders"), died);

    const Report verified = scene.engine.verify();
    INFO(text_of(verified));
    CHECK(verified.exit == Exit::differs);
    const Row row = row_at(verified, "datapath.listen", target);
    CHECK(row.outcome == Outcome::differs);
    CHECK(row.wanted == "192.0.2.1:8080");
    CHECK(row.message.contains("killed by SIGSEGV"));
    SECTION("apply") {
        CHECK(scene.engine.apply(orders).exit == Exit::as_wanted);
        CHECK(first_line(scene.host.text(worker_cell("orders"))) == "runs");
    }
    SECTION("rollback") {
        CHECK(scene.engine.rollback_all().exit == Exit::as_wanted);
        CHECK(difference(scene.before, scene.host) == no_difference);
    }
}

TEST_CASE("workers of real-time class leave a CPU to everybody else, where they do not sleep",
          "[engine][datapath]") {
    Scene scene(host_with_nic());
    const std::string every =
        "cpus = \"" + scene.host.text("/sys/devices/system/cpu/online") + "\"\npriority = 10\n";
    const Report refused = scene.engine.apply(std::string(orders) + every);
    CHECK(refused.exit == Exit::rolled_back);
    CHECK(text_of(refused).contains("that keep house, and nothing else would run"));
    CHECK(difference(scene.before, scene.host) == no_difference);
    CHECK(scene.engine.apply(std::string(orders) + every + "backend = \"xdp\"\n").exit ==
          Exit::as_wanted);
}

TEST_CASE(
    "real-time workers may change places on the last CPUs that keep house, whichever is first",
    "[engine][datapath]") {
    const auto profile = [](std::string_view real_time) {
        std::string text;
        for (const auto& [name, cpu] : {std::pair("first", 2), std::pair("second", 3)}) {
            text += fmt::format(
                "[datapath.{}]\nlisten = \"192.0.2.1:808{}\"\ncpus = \"{}\"\n"
                "priority = {}\n",
                name, cpu, cpu, name == real_time ? 10 : 0);
        }
        return text;
    };
    Scene scene(
        host_with_nic().with_cpus({.cores = 4}).with("/sys/devices/system/cpu/isolated", "0-1"));
    const auto runs_so = [&scene](std::string_view name, int priority) {
        return scene.host.text(worker_cell(name)).contains(fmt::format("priority {}\n", priority));
    };
    REQUIRE(scene.engine.apply(profile("first")).exit == Exit::as_wanted);
    const Report changed = scene.engine.apply(profile("second"));
    INFO(text_of(changed));
    CHECK(changed.exit == Exit::as_wanted);
    CHECK(runs_so("first", 0));
    CHECK(runs_so("second", 10));
    CHECK(scene.engine.apply(profile("first")).exit == Exit::as_wanted);
    const Report back = scene.engine.rollback();
    INFO(text_of(back));
    CHECK(back.exit == Exit::as_wanted);
    CHECK(runs_so("second", 10));
    CHECK(scene.engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("what no worker could make of a section is said before anything is touched",
          "[engine][datapath]") {
    const struct {
        std::string_view profile;
        std::string_view says;
    } each[] = {
        {"[datapath.orders]\nprice = 1\n", "needs an address to listen to"},
        {"[datapath.orders]\nlisten = \"192.0.2.1:8080\"\nbackend = \"packet\"\n",
         "on an interface, and none is given"},
        {"[datapath.orders]\nlisten = \"192.0.2.1:8080\"\nrespond = \"[2001:db8::1]:9\"\n",
         "two IP versions"},
        {"[datapath.orders]\nlisten = \"239.1.1.1:8080\"\ninterface = \"eth0\"\n",
         "orders need a receiver"},
        {"[datapath.orders]\nlisten = \"192.0.2.1:8080\"\ninterface = \"eth9\"\n", "eth9"},
        {"[datapath.orders]\nlisten = \"192.0.2.1:8080\"\ninterface = \"eth0\"\nprotocol = "
         "\"tcp\"\n"
         "backend = \"af_xdp\"\n",
         "would take the segments away"},
        {"[datapath.orders]\nlisten = \"192.0.2.1:8080\"\ninterface = \"eth0\"\nprotocol = "
         "\"tcp\"\n"
         "backend = \"xdp\"\n",
         "orders need a receiver"},
        {"[datapath.orders]\nlisten = \"192.0.2.1:8080\"\ncpus = \"9\"\n", "CPU 9"},
        {"[datapath.orders]\nlisten = \"192.0.2.1\"\n", "a port from 1 to 65535"},
        {"[datapath.orders]\nlisten = \"192.0.2.1:8080\"\nlogic = \"/opt/dip.so\"\n",
         "logic /opt/dip.so: there is no such file"},
        {"[datapath.orders]\nlisten = \"192.0.2.1:8080\"\nrespond = \"192.0.2.1:8080\"\n",
         "orders would come back"},
        {"[datapath]\nlisten = \"192.0.2.1:8080\"\n", "[datapath.orders]"},
        {"[datapath.\"or/ders\"]\nlisten = \"192.0.2.1:8080\"\n", "a name is expected"},
    };
    for (const auto& [profile, says] : each) {
        INFO(profile);
        Scene scene(host_with_nic());
        const Report refused = scene.engine.apply(profile);
        INFO(text_of(refused));
        CHECK(refused.exit == Exit::refused);
        CHECK(text_of(refused).contains(says));
        CHECK(scene.engine.system().writes().empty());
    }
}
