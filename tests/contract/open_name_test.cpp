// Names that only the host knows.
#include <algorithm>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/held.hpp"
#include "support/plugin_files.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("every name that the host adds opens as a setting that can be read", "[contract]") {
    FakeHost host = given::full_host();
    FakeSystem system(host);
    std::size_t opened = 0;
    for (const PluginFile& plugin : plugins_of_this_build()) {
        for (const auto& bank : plugin.banks) {
            const auto targets = bank->discovery()(system);
            REQUIRE(targets);
            for (const std::string& name : bank->open_names(system)) {
                INFO(plugin.name << "." << name);
                const auto tunable = bank->open(name);
                REQUIRE(tunable);
                const Tunable setting = held(*tunable);
                const Tunable* const wanted[] = {&setting};
                bool is_read = false;
                for (const Candidate& candidate : *targets) {
                    is_read = is_read || bank->read(system, candidate.target, wanted).at(0);
                }
                CHECK(is_read);
                ++opened;
            }
        }
    }
    CHECK(opened > 0);
    CHECK(system.writes().empty());
}

TEST_CASE("every sysctl of the host opens by its name, or is refused with a reason", "[contract]") {
    FakeHost host = given::full_host();
    FakeSystem system(host);
    std::size_t read = 0;
    std::size_t refused = 0;
    for (const PluginFile& plugin : plugins_of_this_build()) {
        if (plugin.name != "sysctl") {
            continue;
        }
        const Bank& bank = *plugin.banks.front();
        for (const std::string& path : keys_below(host.cells, "/proc/sys/")) {
            std::string name = path.substr(std::string("/proc/sys/").size());
            if (!name.contains('.')) {
                std::ranges::replace(name, '/', '.');
            }
            INFO(name);
            const auto tunable = bank.open(name);
            if (!tunable) {
                CHECK(tunable.error().code == ErrorCode::refused);
                CHECK(tunable.error().message.contains(' '));
                ++refused;
                continue;
            }
            const Tunable setting = held(*tunable);
            const Tunable* const wanted[] = {&setting};
            CHECK(bank.read(system, Target::host(), wanted).at(0));
            ++read;
        }
    }
    CHECK(read > 300);
    CHECK(refused > 5);
}
