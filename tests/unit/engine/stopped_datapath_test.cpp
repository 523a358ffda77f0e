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
