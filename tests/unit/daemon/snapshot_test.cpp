// The one word that bus and metrics have for how the host stands.
#include "daemon/snapshot.hpp"

#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::daemon;

namespace {

std::string word_for(HostState state, bool is_frozen, bool has_drifted) {
    HostStatus status;
    status.state = state;
    if (is_frozen) {
        status.frozen = Frozen{.reason = "trading hours", .by = "root"};
    }
    return snapshot_of(standing_of(status), std::vector<Row>(has_drifted ? 1 : 0)).state;
}

Row row_of(const Target& target) {
    Row row;
    row.setting = "a.setting";
    row.target = target;
    return row;
}

}  // namespace

TEST_CASE("a freeze is told where nothing is wrong", "[daemon][snapshot]") {
    CHECK(word_for(HostState::clean, true, false) == "frozen");
    CHECK(word_for(HostState::tuned, true, false) == "frozen");
    CHECK(word_for(HostState::tuned, false, false) == "tuned");
}

TEST_CASE("a freeze hides nothing that is wrong", "[daemon][snapshot]") {
    CHECK(word_for(HostState::degraded, true, false) == "degraded");
    CHECK(word_for(HostState::tuned, true, true) == "drifted");
    CHECK(word_for(HostState::awaiting_confirmation, true, false) == "awaiting confirmation");
    CHECK(word_for(HostState::interrupted, true, false) == "interrupted");
}

TEST_CASE("of what is held a standing keeps how much it is of each device", "[daemon][snapshot]") {
    HostStatus status;
    status.profile = "low-latency";
    status.settings_held = 3;
    for (const Target& target :
         {Target::host(), Target::nic("eth0"), Target{"rx_queue", "eth0/rx-0"}}) {
        status.rows.push_back(row_of(target));
    }
    const Standing standing = standing_of(status);
    const std::vector<Row> drifted = {row_of(Target::nic("eth0")), row_of(Target::nic("eth1"))};
    const Snapshot snapshot = snapshot_of(standing, drifted);
    CHECK(snapshot.profile == "low-latency");
    CHECK(snapshot.held == 3);
    CHECK(snapshot.drifted == 2);
    CHECK(snapshot.devices ==
          std::map<std::string, DeviceFacts>{{"eth0", {.held = 2, .drifted = 1}}});
}
