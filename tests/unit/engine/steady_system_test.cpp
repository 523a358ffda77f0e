// What discoveries in a row are answered once, and what is read each time.
#include "engine/steady_system.hpp"

#include <linux/if_link.h>

#include <nanotune/discover.hpp>

#include "engine/limits.hpp"
#include "support/catch.hpp"
#include "support/fake_host.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/silent_bank.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string eth0_folder = "/sys/class/net/eth0/";
const std::string socket_2 = "xdp_socket:eth0:2";
constexpr Tunable rows[] = {{.name = "sockets", .domain = text(), .summary = "For a test."}};

std::size_t sockets_seen(System& system) {
    const auto sockets = system.links().xdp_sockets();
    REQUIRE(sockets);
    return sockets->size();
}

/// Says why it cannot hold anything: what it sees of sockets.
class SeeingBank final : public SilentBank {
  public:
    SeeingBank() : SilentBank(rows) {}
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& /*target*/,
        std::span<const Assignment> assignments) const override {
        return {assignments.size(),
                Status(failure(ErrorCode::conflict, std::to_string(sockets_seen(system))))};
    }
};

std::string seen_by_limits(CallRunner& calls, const std::shared_ptr<SteadyAnswers>& known) {
    const SeeingBank bank;
    Survey survey(calls);
    const std::vector<Desired> desired{{.setting = {.bank = &bank, .tunable = &rows[0]},
                                        .candidate = Candidate{.target = Target::host()},
                                        .value = std::string("other"),
                                        .origin = {},
                                        .group = {},
                                        .missing = {}}};
    std::vector<Result<Reading>> readings{Reading{.value = std::string("this")}};
    REQUIRE(hold_to_limits(survey, {&desired.front()}, readings, known));
    REQUIRE_FALSE(readings.front());
    return readings.front().error().message;
}

/// How often the host is looked at for the queues of eth0 once devices are known, and once its
/// queues are.
std::pair<int, int> looks_for_queues(FakeHost& host) {
    FakeSystem system(host);
    CallRunner calls([&system] { return system.another(); });
    Survey survey(calls);
    REQUIRE(survey.candidates(discover::nics));
    std::pair<int, int> looks;
    for (int* const count : {&looks.first, &looks.second}) {
        system.before_look([count] { ++*count; });
        const auto queues = survey.candidates(discover::rx_queues, "eth0");
        REQUIRE(queues);
        CHECK((*queues)->size() == 2);
    }
    system.before_look({});
    return looks;
}

}  // namespace

TEST_CASE("for the queues of one device no other is looked at, and it once", "[engine]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 2});
    const auto [first, again] = looks_for_queues(host);
    CHECK(again == 0);
    host.with_nic("eth1").with_nic("eth2", {.kind = "veth"});
    CHECK(looks_for_queues(host).first == first);
}

TEST_CASE("banks say what can be held by what discoveries were answered, until it is forgotten",
          "[engine]") {
    FakeHost host = given::host().with_nic("eth0");
    host.with(socket_2, "4711");
    FakeSystem system(host);
    CallRunner calls([&system] { return system.another(); });
    const auto known = std::make_shared<SteadyAnswers>();
    known->xdp_sockets.emplace();
    CHECK(seen_by_limits(calls, known) == "0");
    CHECK(seen_by_limits(calls, std::make_shared<SteadyAnswers>()) == "1");
}

TEST_CASE("which queues and sockets there are is asked of the host once", "[engine]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 1});
    SteadyAnswers answers;
    FakeSystem before(host);
    SteadySystem first(before, answers);
    CHECK(sockets_seen(first) == 0);
    const auto queues = first.files().list(eth0_folder + "queues");
    REQUIRE(queues);
    host.with(socket_2, "4711").with(eth0_folder + "queues/rx-1/rps_cpus", "0");
    FakeSystem after(host);
    SteadySystem second(after, answers);
    CHECK(sockets_seen(second) == 0);
    CHECK(second.files().list(eth0_folder + "queues") == queues);
    answers = {};
    CHECK(sockets_seen(second) == 1);
    CHECK(second.files().list(eth0_folder + "queues")->size() == queues->size() + 1);
}

TEST_CASE(
    "a setting, and whose a name is, is read each time, and what was not there is looked for "
    "again",
    "[engine]") {
    FakeHost host;
    host.with(eth0_folder + "queues/rx-0/rps_cpus", "0")
        .with(eth0_folder + "ifindex", "2")
        .with("xdp_sockets:unlisted", "1");
    SteadyAnswers answers;
    FakeSystem before(host);
    SteadySystem first(before, answers);
    CHECK(first.files().read(eth0_folder + "queues/rx-0/rps_cpus") == "0");
    CHECK(first.files().read(eth0_folder + "ifindex") == "2");
    CHECK_FALSE(first.links().xdp_sockets());
    host.with(eth0_folder + "queues/rx-0/rps_cpus", "3")
        .with(eth0_folder + "ifindex", "3")
        .without("xdp_sockets:unlisted");
    FakeSystem after(host);
    SteadySystem second(after, answers);
    CHECK(second.files().read(eth0_folder + "queues/rx-0/rps_cpus") == "3");
    CHECK(second.files().read(eth0_folder + "ifindex") == "3");
    CHECK(sockets_seen(second) == 0);
}

TEST_CASE("limits of a device are told by what was listed, until its queues are made anew",
          "[engine]") {
    FakeHost host = given::host().with_nic("eth0");
    const std::string most = link_number_cell("eth0", IFLA_MAX_MTU);
    FakeSystem system(host);
    CallRunner calls([&system] { return system.another(); });
    Survey survey(calls);
    REQUIRE(survey.candidates(discover::nics));
    const auto answers = survey.answers();
    const auto seen = [&](SteadySystem::For whom) {
        SteadySystem steady(system, *answers, whom);
        const auto link = steady.links().link("eth0");
        REQUIRE(link);
        return link->number(IFLA_MAX_MTU);
    };
    const auto before = seen(SteadySystem::For::limits);
    REQUIRE(before);
    host.cells[most] = std::to_string(*before - 1);
    CHECK(seen(SteadySystem::For::limits) == before);
    CHECK(seen(SteadySystem::For::discoveries) == *before - 1);
    survey.forget_queues();
    CHECK(seen(SteadySystem::For::limits) == *before - 1);
}
