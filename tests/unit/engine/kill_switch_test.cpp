// The switch of a datapath that an operator has turned off: no rollback arms it again.
#include <cerrno>

#include <linux/if_link.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string datapath = "[datapath.orders]\nlisten = '192.0.2.1:8080'\nenabled = ";
const std::string cell = worker_cell("orders");

/// Armed by one apply, and off by the next.
struct OffByProfile : Scene {
    OffByProfile() : Scene(given::plain_host().with_nic("eth0")) {
        REQUIRE(engine.apply(datapath + "true\n").exit == Exit::as_wanted);
        REQUIRE(engine.apply(datapath + "false\n").exit == Exit::as_wanted);
    }

    void disable() { host.cells[cell] += "\n.disabled 1"; }
    [[nodiscard]] bool is_armed() const { return host.text(cell).contains("\nenabled 1"); }
};

}  // namespace

TEST_CASE_METHOD(OffByProfile, "a rollback leaves a datapath off that an operator has switched off",
                 "[engine][datapath]") {
    disable();
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK_FALSE(is_armed());
    const Row row = row_at(report, "datapath.enabled", {"datapath", "orders"});
    CHECK(row.outcome == Outcome::overridden);
    CHECK(row.message.contains("an operator has set it so since"));
    REQUIRE(engine.status().left.size() == 1);

    // Who insists gets it, and who applies a profile that says so.
    RollbackRequest insisting = rollback_request();
    insisting.force = true;
    SECTION("by force") {
        CHECK(engine.rollback(insisting).exit == Exit::as_wanted);
        CHECK(is_armed());
    }
    CHECK(engine.apply(datapath + "true\n").exit == Exit::as_wanted);
    CHECK(is_armed());
}

TEST_CASE_METHOD(OffByProfile, "a rollback arms a datapath again that a profile has switched off",
                 "[engine][datapath]") {
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(is_armed());
}

TEST_CASE_METHOD(OffByProfile,
                 "a rollback turns a datapath off that is on, whoever is said to have",
                 "[engine][datapath]") {
    REQUIRE(engine.apply(datapath + "true\n").exit == Exit::as_wanted);
    disable();  // noted, and yet it is on
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK_FALSE(is_armed());
}

TEST_CASE_METHOD(
    OffByProfile,
    "a datapath that an operator has switched off stays so where an apply cannot start it",
    "[engine][datapath]") {
    disable();
    const std::string lived = host.text(cell);
    host.with(cell, "ended killed by SIGSEGV" + lived.substr(lived.find('\n')));
    host.refuse(cell, {.error = EADDRINUSE, .times = 1});
    CHECK(engine.apply(datapath + "true\n").exit == Exit::rolled_back);
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK_FALSE(is_armed());
}

TEST_CASE_METHOD(OffByProfile,
                 "an apply that fails leaves a datapath off that an operator has switched off",
                 "[engine][datapath]") {
    REQUIRE(engine.apply(datapath + "true\n").exit == Exit::as_wanted);
    host.on_write(cell, [](Edit& edit, const Write&) {  // as soon as the profile has done so
        edit.set(cell, text_of(edit.cells(), cell) + "\n.disabled 1");
    });
    host.refuse(worker_cell("others"), {.error = EINVAL});
    const Report report = engine.apply(
        datapath + "false\n[datapath.others]\nlisten = '192.0.2.1:8081'\ninterface = 'eth0'\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK_FALSE(is_armed());
    CHECK(text_of(report).contains("but for what an operator has set meanwhile"));
}

TEST_CASE("a rollback leaves a datapath off that an operator switches off while it is at work",
          "[engine][datapath]") {
    Scene scene(given::plain_host().with_nic("eth0"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply(datapath + "true\n").exit == Exit::as_wanted);
    REQUIRE(engine.apply(datapath + "false\n[nic.eth0]\nmtu = 1400\n").exit == Exit::as_wanted);
    host.on_write(link_number_cell("eth0", IFLA_MTU), [](Edit& edit, const Write&) {
        std::string text = text_of(edit.cells(), cell);  // armed again by then
        const std::string armed = "\nenabled 1";
        REQUIRE(text.contains(armed));
        text.replace(text.find(armed), armed.size(), "\nenabled 0\n.disabled 1");
        edit.set(cell, text);
    });
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(host.text(cell).contains("\nenabled 0"));
    CHECK(row_at(report, "datapath.enabled", {"datapath", "orders"}).outcome ==
          Outcome::overridden);
}
