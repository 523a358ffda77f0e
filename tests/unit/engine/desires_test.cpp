// What a profile wants of this host, setting by setting.
#include "engine/desires.hpp"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <set>
#include <utility>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "veth_scene.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

/// Of whichever stage has some.
std::vector<Desired> desired_by(Scene& scene, std::string_view profile) {
    const auto known = scene.engine.resolved(profile);
    REQUIRE(known);
    CallRunner calls([&scene] { return scene.engine.system().another(); });
    Survey survey(calls);
    Desires desires(*known, survey);
    std::vector<Desired> all;
    for (const Stage stage : all_stages) {
        StageDesires of_stage = desires.of(stage);
        CHECK(of_stage.problems.empty());
        std::ranges::move(of_stage.desired, std::back_inserter(all));
    }
    return all;
}

/// In the order of their names.
std::vector<std::string> devices_of(const std::vector<Desired>& desired) {
    std::vector<std::pair<std::string, std::string>> devices;
    for (const Desired& one : desired) {
        devices.emplace_back(one.setting.full_name(), one.candidate->identity.name);
    }
    std::ranges::sort(devices);
    const auto names = devices | std::views::values;
    return {names.begin(), names.end()};
}

}  // namespace

TEST_CASE_METHOD(VethScene, "settings of one target share what is known of it",
                 "[engine][desires]") {
    const auto desired = desired_by(*this,
                                    "[nic.veth0]\nmtu = 1400\ntxqueuelen = 500\n"
                                    "[nic.veth1]\nmtu = 1400\ntxqueuelen = 500\n");
    std::set<std::pair<std::string, const Candidate*>> shared;
    for (const Desired& one : desired) {
        shared.emplace(one.candidate->target.name, &*one.candidate);
    }
    CHECK(desired.size() == 4);
    CHECK(shared.size() == 2);
}

TEST_CASE_METHOD(VethScene, "a sysctl that is named after a device has that device's identity",
                 "[engine][desires]") {
    const auto desired = desired_by(*this,
                                    "[sysctl]\n\"net.core.rmem_max\" = 4096\n"
                                    "\"net.ipv4.conf.veth0.rp_filter\" = 2\n"
                                    "\"net.ipv4.conf.veth1.rp_filter\" = 2\n");
    CHECK(devices_of(desired) == std::vector<std::string>{"", "veth0", "veth1"});
}
