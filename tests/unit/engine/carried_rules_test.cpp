// Rules of a NIC, which go with features.ntuple.
#include <cerrno>
#include <cstring>
#include <utility>

#include <linux/ethtool.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

std::string rules_on(const FakeHost& host) {
    std::string rules;
    for (const std::string& key : keys_below(host.cells, flow_cell("eth0", ""))) {
        rules += key.ends_with(":rules") ? "" : key + " ";
    }
    return rules;
}

/// UDP over IPv4 to queue 2, at 3.
FlowRule rule_of(std::uint32_t flow_type) {
    ethtool_rx_flow_spec spec{};
    spec.flow_type = flow_type;
    spec.ring_cookie = 2;
    spec.location = 3;
    FlowRule rule(sizeof spec);
    std::memcpy(rule.data(), &spec, sizeof spec);
    return rule;
}

/// The NIC takes rules, and has one.
FakeHost host_with_rule(std::uint32_t flow_type = UDP_V4_FLOW) {
    FakeHost host =
        given::host().with_nic("eth0").with(feature_cell("eth0", "rx-ntuple-filter"), "on on");
    FakeSystem system(host);
    REQUIRE(system.ethtool().put_flow_rule("eth0", rule_of(flow_type)));
    return host;
}

}  // namespace

TEST_CASE("rules that go with features.ntuple come back with it", "[engine][carried]") {
    const bool is_strict = GENERATE(true, false);
    FakeHost given = host_with_rule();
    if (is_strict) {  // as long as the feature is off this driver takes none
        given.check(flow_cell("eth0", "*"), [](const Cells& cells, const Write&) {
            const bool takes = text_of(cells, feature_cell("eth0", "rx-ntuple-filter")) == "on on";
            return takes ? std::nullopt : std::optional(Refusal{.error = EOPNOTSUPP});
        });
    }
    Scene scene(std::move(given));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply("[nic.eth0]\nfeatures.ntuple = false\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(rules_on(host).empty());
    CHECK(row_at(applied, "nic.ntuple.rules", Target::nic("eth0")).message ==
          "reset by nic.features.rx-ntuple-filter on eth0; rollback restores it");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("rules that could not be put back keep features.ntuple from being turned off",
          "[engine][carried]") {
    Scene scene(host_with_rule(UDP_V4_FLOW | FLOW_RSS));
    auto& [host, before, folder, engine] = scene;
    const Report report = engine.apply("[nic.eth0]\nfeatures.ntuple = false\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(engine.system().writes().empty());
    CHECK(
        text_of(report).contains("its old value cannot be put on record: rule 3 of eth0 sends "
                                 "to a context of the receive hash"));
    CHECK(difference(before, host) == no_difference);
}
