// What `list` shows of the plugins of this build: what authors write, as they write it.
#include <algorithm>

#include "support/catch.hpp"
#include "support/engine_on.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

std::vector<std::string> keys_of(const EngineOn& engine, std::string_view plugin) {
    std::vector<std::string> names;
    for (const Catalog::Written& key : Catalog::written_keys(*engine.catalog().plugin(plugin))) {
        names.emplace_back(key.tunable.name);
    }
    return names;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::count(names, name) == 1;
}

}  // namespace

TEST_CASE("names that only a host knows are listed by their pattern, once each", "[engine][list]") {
    PlainScene scene;
    const auto nic = keys_of(scene.engine, "nic");
    for (const char* name : {"features.NAME", "privflags.NAME", "counter.NAME", "devlink.NAME",
                             "driver.NAME", "multicast.groups", "multicast.GROUP"}) {
        INFO(name);
        CHECK(has(nic, name));
    }
    CHECK(has(keys_of(scene.engine, "cpu"), "idle_states.NAME"));
    const auto sysctl = keys_of(scene.engine, "sysctl");
    CHECK(has(sysctl, "net.ipv4.conf.*.rp_filter"));
    CHECK(has(sysctl, "NAME"));
}

TEST_CASE("what is derived is listed as what it is derived from", "[engine][list]") {
    PlainScene scene;
    const auto process = keys_of(scene.engine, "process");
    CHECK(has(process, "policy"));
    CHECK(has(process, "limit.memlock"));
    CHECK(has(process, "cgroup.memory_nodes"));
    const auto nic = keys_of(scene.engine, "nic");
    CHECK(has(nic, "coalesce.rx_usecs"));
    CHECK(has(nic, "napi.irq_suspend_timeout"));  // of single queues alone
    for (const auto& names : {process, nic}) {
        CHECK(std::ranges::none_of(names, [](const std::string& name) {
            return name.starts_with("thread.") || name.starts_with("rlimit.") ||
                   name.starts_with("per_queue.");
        }));
    }
}

TEST_CASE("every key that is listed without a pattern is one that a profile may hold",
          "[engine][list]") {
    PlainScene scene;
    const Catalog& catalog = scene.engine.catalog();
    for (const Plugin* plugin : catalog.plugins()) {
        for (const Catalog::Written& key : Catalog::written_keys(*plugin)) {
            const std::string name(key.tunable.name);
            INFO(plugin->name << "." << name);
            const bool is_pattern = name.ends_with("NAME") || name.ends_with("GROUP") ||
                                    name.contains('*') || !key.tunable.written_as.empty();
            CHECK((is_pattern || catalog.meaning(*plugin, name).has_value()));
        }
    }
}
