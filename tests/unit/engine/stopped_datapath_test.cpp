// What becomes of a datapath that somebody has stopped, when something of it is put back.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr std::string_view told =
    "[datapath.orders]\nlisten = \"192.0.2.1:8080\"\nenabled = true\n";

class StoppedScene : public Scene {
  public:
    StoppedScene() : Scene(given::plain_host().with_nic("eth0")) {
        REQUIRE(engine.apply(told).exit == Exit::as_wanted);
        REQUIRE(engine.apply(std::string(told) + "price = 9000\nflows = 64\n").exit ==
                Exit::as_wanted);
    }

    Worker worker() { return engine.system().workers().worker("orders").value_or(Worker()); }
};

}  // namespace

TEST_CASE_METHOD(StoppedScene, "a datapath that was stopped is told what is put back, and stays so",
                 "[engine][datapath]") {
    REQUIRE(engine.system().workers().stop("orders"));
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK_FALSE(worker().is_running);
    CHECK(worker().settings.at("price") == "10000");
    CHECK(worker().settings.at("flows") == "2048");
    CHECK(engine.verify().exit == Exit::differs);
    CHECK(engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a datapath that was stopped takes no CPU from all others when it is started later",
          "[engine][datapath]") {
    Scene scene(given::plain_host().with_nic("eth0"));
    const std::string every = std::string(told) + "interface = \"eth0\"\ncpus = \"" +
                              scene.host.text("/sys/devices/system/cpu/online") +
                              "\"\npriority = 0\n";
    const auto cell = worker_cell("orders");
    REQUIRE(scene.engine.apply(every).exit == Exit::as_wanted);
    std::string asleep = scene.host.text(cell) + "\n.only_asleep 1";
    asleep.replace(asleep.find("priority 0"), 10, "priority 9");
    scene.host.with(cell, asleep);
    REQUIRE(scene.engine.apply(every + "price = 9000\n").exit == Exit::as_wanted);
    CHECK_FALSE(scene.host.text(cell).contains("priority 9"));
    REQUIRE(scene.engine.system().workers().stop("orders"));
    const Report report = scene.engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(scene.host.text(cell).contains("priority 9"));
    CHECK(scene.host.text(cell).contains(".only_asleep 1"));
}

TEST_CASE_METHOD(StoppedScene, "a datapath that died starts again with what is put back",
                 "[engine][datapath]") {
    const std::string lived = host.text(worker_cell("orders"));
    host.with(worker_cell("orders"), "ended killed by SIGSEGV" + lived.substr(lived.find('\n')));
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(worker().is_running);
    CHECK(worker().settings.at("flows") == "2048");
}
