// Devices that come, have their settings and are removed, one after the other: hosts of containers
// and virtual machines do so for months.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "veth_scene.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::vector<std::string> passing = {"pass0", "pass1", "pass2", "pass3", "pass4", "pass5"};

/// With a device that stays.
std::string profile_of(const std::vector<std::string>& devices) {
    std::string profile = "[nic.veth0]\nmtu = 1400\n";
    for (const std::string& device : devices) {
        profile += "[nic." + device + "]\nmtu = 1400\ntxqueuelen = 500\n";
    }
    return profile;
}

/// What a rollback of everything would say of devices that are no more.
std::size_t gone_rows(EngineOn& engine) {
    RollbackRequest request = rollback_request();
    request.all = true;
    const Report planned = engine.engine().rollback_plan(request);
    return static_cast<std::size_t>(std::ranges::count(planned.rows, Outcome::gone, &Row::outcome));
}

}  // namespace

TEST_CASE_METHOD(VethScene, "devices that are removed one after the other leave no trace for ever",
                 "[engine][device][journal]") {
    constexpr unsigned rounds = 60;
    const bool is_told = GENERATE(true, false);
    std::size_t largest = 0;
    for (unsigned round = 0; round < rounds; ++round) {
        unsigned number = 100 + round * 10;
        for (const std::string& device : passing) {
            host.with_nic(device, {.kind = "veth", .mtu = 1500, .index = ++number});
        }
        tune(profile_of(passing));
        for (const std::string& device : passing) {
            remove_nic(host, device);
        }
        for (; is_told && number > 100 + round * 10; --number) {
            engine.told_removed(number);
        }
        largest = std::max(largest, static_cast<std::size_t>(
                                        std::filesystem::file_size(engine.state().journal_path())));
    }
    const std::size_t all_of_them = rounds * passing.size() * 2;
    CHECK((gone_rows(engine) < all_of_them / 2) == is_told);
    CHECK((largest < 100'000) == is_told);
    const Report report = engine.rollback_all();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}
