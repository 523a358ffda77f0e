// What a profile says of drift reaches whoever looks, and whoever asks.
#include "model/observation.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

constexpr auto policies =
    "[profile]\ndrift = 'repair'\n"
    "[memory]\nswappiness = 10\n"
    "[nic.eth0]\nfeatures.tso = { value = false, drift = 'yield' }\nmtu = 1400\n"
    "[irq.eth0]\ndrift = 'warn'\ncpus = '0'\n";

struct PolicyScene : Scene {
    PolicyScene() : Scene(given::plain_host().with_nic("eth0")) {}

    std::map<std::string, std::optional<DriftPolicy>> held() {
        std::map<std::string, std::optional<DriftPolicy>> by_setting;
        const auto view = engine.state().view();
        REQUIRE(view);
        REQUIRE(view->ledger.active() != nullptr);
        for (const auto& [key, value] : view->ledger.active()->held) {
            by_setting[key.setting] = value.drift;
        }
        return by_setting;
    }
};

}  // namespace

TEST_CASE_METHOD(PolicyScene, "what is held remembers what becomes of its drift, also of a rule's",
                 "[engine][drift]") {
    const Report report = engine.apply(policies);
    INFO(text_of(report));
    REQUIRE(report.exit == Exit::as_wanted);
    const auto now = held();
    CHECK(now.at("memory.swappiness") == DriftPolicy::repair);
    CHECK(now.at("nic.mtu") == DriftPolicy::repair);
    CHECK(now.at("nic.features.tx-tcp-segmentation") == DriftPolicy::yield);
    CHECK(now.at("irq.affinity") == DriftPolicy::warn);
}

TEST_CASE_METHOD(PolicyScene, "whoever looks is told what the profile wants done",
                 "[engine][drift]") {
    REQUIRE(engine.apply(policies).exit == Exit::as_wanted);
    host.cells["/proc/sys/vm/swappiness"] = "33";
    const Observation seen = engine.engine().observe({});
    REQUIRE(seen.changed.size() == 1);
    CHECK(seen.changed.front().policy == DriftPolicy::repair);
}

TEST_CASE_METHOD(PolicyScene, "a profile that says nothing of drift leaves it to the host's file",
                 "[engine][drift]") {
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    host.cells["/proc/sys/vm/swappiness"] = "33";
    const Observation seen = engine.engine().observe({});
    REQUIRE(seen.changed.size() == 1);
    CHECK_FALSE(seen.changed.front().policy);
}

TEST_CASE_METHOD(PolicyScene, "plan and status say what is put back, and what is left",
                 "[engine][drift]") {
    CHECK_THAT(text_of(engine.planned(policies)),
               Contains("left to whoever changes it: nic.features.tx-tcp"));
    REQUIRE(engine.apply(policies).exit == Exit::as_wanted);
    std::string notes;
    for (const std::string& note : engine.status().notes) {
        notes += note + "\n";
    }
    CHECK_THAT(notes, Contains("nanotuned puts back, where that disturbs nobody: "
                               "memory.swappiness on host"));
}

TEST_CASE_METHOD(PolicyScene, "a word of drift alone is another profile, and is held once applied",
                 "[engine][drift]") {
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    const Report report = engine.apply("[memory]\ndrift = 'repair'\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK_FALSE(report.changed);
    CHECK(held().at("memory.swappiness") == DriftPolicy::repair);
}

TEST_CASE_METHOD(PolicyScene,
                 "what an operator switches off of a datapath stays off under any policy",
                 "[engine][drift]") {
    const Target orders{"datapath", "orders"};
    REQUIRE(engine
                .apply("[profile]\ndrift = 'repair'\n[memory]\nswappiness = 10\n"
                       "[datapath.orders]\nlisten = '192.0.2.1:8080'\nenabled = true\n")
                .exit == Exit::as_wanted);
    REQUIRE(engine.system().workers().change("orders", {{"enabled", "0"}}));
    host.cells["/proc/sys/vm/swappiness"] = "33";

    const Observation seen = engine.engine().observe({});
    REQUIRE(seen.changed.size() == 2);
    for (const Changed& changed : seen.changed) {
        CHECK(changed.may_be_repaired == (changed.row.setting == "memory.swappiness"));
    }
    const Report repaired = engine.engine().repair(
        {.places = {{"datapath.enabled", orders}, {"memory.swappiness", Target::host()}}});
    INFO(text_of(repaired));
    CHECK(host.cells.at("/proc/sys/vm/swappiness") == "10");
    const auto worker = engine.system().workers().worker("orders");
    REQUIRE(worker);
    CHECK(worker->settings.at("enabled") == "0");
    for (const std::string& note : engine.status().notes) {
        CHECK_THAT(note, !Contains("datapath."));
    }
}

TEST_CASE_METHOD(PolicyScene, "a datapath that ends while other settings are written is told of",
                 "[engine][drift]") {
    const Target orders{"datapath", "orders"};
    const std::string datapath = "[datapath.orders]\nlisten = '192.0.2.1:8080'\n";
    REQUIRE(engine.apply(datapath).exit == Exit::as_wanted);
    bool has_ended = false;
    ApplyRequest request = apply_request();
    request.progress = [&](const Progress& now) {
        if (!has_ended && now.doing.contains("swappiness")) {
            has_ended = engine.system().workers().stop("orders").has_value();
        }
    };
    const Report report = engine.apply(datapath + "[memory]\nswappiness = 10\n", request);
    INFO(text_of(report));
    REQUIRE(has_ended);
    CHECK(row_at(report, "datapath.listen", orders).message ==
          "it was switched, or ended, meanwhile");
}

TEST_CASE("no repair writes the slack of timers that a real-time thread did not have",
          "[engine][drift]") {
    const std::string slack = "/proc/301/timerslack_ns";
    const std::string scheduling = task_cell(301, "scheduling");
    const HeldPlace place{"process.thread.timer_slack", {"thread", "300/301:1000"}};
    Scene scene(given::host()
                    .with_process("feed", {.pid = 300, .threads = {{.id = 301, .name = "rx-0"}}})
                    .with(scheduling, "1 7 0 0")
                    .with(slack, "0"));
    REQUIRE(scene.engine
                .apply("[process.feed]\ndrift = 'repair'\nmatch = { comm = 'feed' }\n"
                       "timer_slack = '1ns'\n")
                .exit == Exit::as_wanted);
    scene.host.with(scheduling, "0 0 0 0").with(slack, "50000");
    const Observation seen = scene.engine.engine().observe({});
    REQUIRE(seen.changed.size() == 1);
    CHECK_FALSE(seen.changed.front().may_be_repaired);
    const Report report = scene.engine.engine().repair({.places = {place}, .may_disturb = true});
    INFO(text_of(report));
    CHECK(report.rows.empty());
    CHECK(scene.host.text(slack) == "50000");
}
