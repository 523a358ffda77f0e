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
    return snapshot_of(status, std::vector<Row>(has_drifted ? 1 : 0)).state;
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
