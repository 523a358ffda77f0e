// Plugins that a catalog only has on offer are loaded by the first lookup that needs them.
#include "model/catalog.hpp"

#include "given_catalog.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using nanotune::test::Contains;

namespace {

/// A catalog with sysctl, and memory on offer; counts how often memory is loaded.
struct Offering {
    int loads = 0;
    Catalog catalog;

    explicit Offering(const std::function<Result<Plugin>()>& memory = given::memory_plugin) {
        REQUIRE(catalog.add(given::sysctl_plugin()));
        catalog.offer(
            {.name = "memory", .names_elsewhere = {"sysctl.vm.swappiness"}, .load = [this, memory] {
                 ++loads;
                 return memory();
             }});
    }
};

}  // namespace

TEST_CASE("a plugin on offer is not loaded for another plugin's settings", "[catalog]") {
    const Offering host;
    const Plugin* sysctl = host.catalog.plugin("sysctl");
    REQUIRE(sysctl != nullptr);
    CHECK(host.catalog.meaning(*sysctl, "net.core.rmem_max"));
    CHECK(host.catalog.setting("sysctl.kernel.nmi_watchdog"));
    CHECK(host.loads == 0);
}

TEST_CASE("a plugin on offer is loaded once, by the first lookup of its name", "[catalog]") {
    const Offering host;
    CHECK(host.catalog.setting("memory.swappiness"));
    CHECK(host.catalog.plugin("memory") != nullptr);
    CHECK(host.catalog.plugins().size() == 2);
    CHECK(host.loads == 1);
}

TEST_CASE("a plugin on offer is loaded for a name that it has in another plugin's section",
          "[catalog]") {
    const Offering host;
    const auto meaning = host.catalog.meaning(*host.catalog.plugin("sysctl"), "vm.swappiness");
    REQUIRE(meaning);
    REQUIRE(meaning->settings.size() == 1);
    CHECK(meaning->settings.front().full_name() == "memory.swappiness");
    CHECK(host.loads == 1);
}

TEST_CASE("every plugin on offer is loaded where all settings are asked for", "[catalog]") {
    const Offering host;
    CHECK(host.catalog.settings().size() == 3);
    CHECK(host.catalog.plugins().front()->name == "memory");
    CHECK(host.loads == 1);
}

TEST_CASE("a plugin that cannot be loaded when it is asked for is refused, once", "[catalog]") {
    const Offering host([] { return failure(ErrorCode::damaged, "cut off since"); });
    CHECK(host.catalog.plugin("memory") == nullptr);
    const std::string* why = host.catalog.refusal_of("memory");
    REQUIRE(why != nullptr);
    CHECK(*why == "cut off since");
    const auto setting = host.catalog.setting("memory.swappiness");
    REQUIRE_FALSE(setting);
    CHECK_THAT(setting.error().message, Contains("refused: cut off since"));
    CHECK(host.loads == 1);
}
