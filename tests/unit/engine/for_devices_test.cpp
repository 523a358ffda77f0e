// Sysctls for devices that come later: the kernel gives a new value to the devices whose own was
// never set, too.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

std::string filter_of(const std::string& device) {
    return "/proc/sys/net/ipv4/conf/" + device + "/rp_filter";
}

std::string name_of(const std::string& device) {
    return "sysctl.net.ipv4.conf." + device + ".rp_filter";
}

std::string filters(const std::string& of_default, const std::string& of_eth0 = {}) {
    return "[sysctl]\n\"net.core.somaxconn\" = 512\n" +
           (of_default.empty() ? ""
                               : "\"net.ipv4.conf.default.rp_filter\" = " + of_default + "\n") +
           (of_eth0.empty() ? "" : "\"net.ipv4.conf.eth0.rp_filter\" = " + of_eth0 + "\n");
}

/// A sysctl that was written is the device's own, which no file tells; what is for devices to come
/// is given to those without.
void give_to_devices(FakeHost& host) {
    const std::string folder = "/proc/sys/net/ipv4/conf/";
    host.on_write(folder + "*", [folder](Edit& edit, const Write& write) {
        const std::string rest = write.key.substr(folder.size());
        const std::string device = rest.substr(0, rest.find('/'));
        const std::string name = rest.substr(rest.find('/'));
        edit.set("set:" + write.key, "1");
        if (device != "default") {
            return;
        }
        for (const std::string& key : keys_below(edit.cells(), folder)) {
            const std::string other = key.substr(folder.size());
            if (key.ends_with(name) && !other.starts_with("all/") &&
                !other.starts_with("default/") && !edit.cells().contains("set:" + key)) {
                edit.set(key, write.text);
            }
        }
    });
}

/// That of lo and eth0 was never set, that of eth1 was.
FakeHost host_with_filters(const std::string& of_eth1 = "2") {
    FakeHost host =
        given::host().with_nic("eth0").with_nic("eth1").with_sysctl("net.core.somaxconn", "4096");
    for (const char* device : {"all", "default", "lo", "eth0"}) {
        host.with(filter_of(device), "0");
    }
    give_to_devices(host);
    return host.with(filter_of("eth1"), of_eth1).with("set:" + filter_of("eth1"), "1");
}

std::string texts_of(const FakeHost& host) {
    std::string texts;
    for (const char* device : {"all", "default", "lo", "eth0", "eth1"}) {
        texts += host.text(filter_of(device)) + " ";
    }
    return texts;
}

/// `default` itself is set by whoever writes to it.
std::string given_their_own(const FakeHost& host) {
    std::string devices;
    for (const char* device : {"lo", "eth0", "eth1"}) {
        devices += host.cells.contains("set:" + filter_of(device)) ? device : "";
    }
    return devices;
}

void must_apply(Scene& scene, const std::string& profile) {
    const Report applied = scene.engine.apply(profile);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    REQUIRE(scene.engine.verify().exit == Exit::as_wanted);
}

}  // namespace

TEST_CASE("devices that follow a sysctl for new ones are told, and follow it back",
          "[engine][carried]") {
    const std::string of_eth1 = GENERATE(as<std::string>{}, "2", "0");
    Scene scene(host_with_filters(of_eth1));
    auto& [host, before, folder, engine] = scene;
    const Report planned = engine.planned(filters("1"));
    CHECK(text_of(planned).contains(
        "sysctl.net.ipv4.conf.default.rp_filter goes to every device whose own was never set"));
    CHECK(text_of(planned).contains("eth0"));
    CHECK(text_of(planned).contains("eth1") == (of_eth1 == "0"));

    const Report applied = engine.apply(filters("1"));
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(texts_of(host) == "0 1 1 1 " + of_eth1 + " ");
    const Row row = row_at(applied, name_of("eth0"), Target::host());
    CHECK(row.before == "0");
    CHECK(row.got == "1");
    CHECK(row.message ==
          "reset by sysctl.net.ipv4.conf.default.rp_filter on host; rollback restores it");

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.state == HostState::clean);
    CHECK(texts_of(host) == texts_of(before));
    CHECK(given_their_own(host) == "eth1");
}

TEST_CASE("a device that stopped following after the apply is restored by itself",
          "[engine][carried]") {
    Scene scene(host_with_filters());
    auto& [host, before, folder, engine] = scene;
    must_apply(scene, filters("1"));
    host.with("set:" + filter_of("eth0"), "1");  // as with an address
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(texts_of(host) == texts_of(before));
}

TEST_CASE("a device that somebody set after the apply is theirs", "[engine][carried]") {
    Scene scene(host_with_filters());
    auto& [host, before, folder, engine] = scene;
    must_apply(scene, filters("1"));
    const std::string device = GENERATE(as<std::string>{}, "eth0", "eth1");
    host.with(filter_of(device), "1").with("set:" + filter_of(device), "1");
    if (device == "eth0") {
        host.with(filter_of(device), "2");
    }
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(row_at(report, name_of(device), Target::host()).outcome == Outcome::overridden);
    CHECK(host.text(filter_of(device)) == (device == "eth0" ? "2" : "1"));
    CHECK(host.text(filter_of("lo")) == "0");
}

TEST_CASE("a device that a later profile names has its own baseline, not the value between",
          "[engine][carried]") {
    Scene scene(host_with_filters());
    auto& [host, before, folder, engine] = scene;
    must_apply(scene, filters("1"));
    SECTION("beside the one for new devices") {
        must_apply(scene, filters("1", "2"));
        CHECK(texts_of(host) == "0 1 1 2 2 ");
    }
    SECTION("and alone") {
        must_apply(scene, filters("", "2"));
        CHECK(texts_of(host) == "0 0 0 2 2 ");
    }
    const Report report = engine.rollback_all();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(texts_of(host) == texts_of(before));
}

TEST_CASE("a profile that says both holds both, also where the device had its value before",
          "[engine][carried]") {
    Scene scene(host_with_filters());
    auto& [host, before, folder, engine] = scene;
    const std::string of_eth0 = GENERATE(as<std::string>{}, "0", "2");
    must_apply(scene, filters("1", of_eth0));
    CHECK(texts_of(host) == "0 1 1 " + of_eth0 + " 2 ");
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(texts_of(host) == texts_of(before));
}

TEST_CASE("a device that a profile names no more follows again, if it did", "[engine][carried]") {
    Scene scene(host_with_filters());
    auto& [host, before, folder, engine] = scene;
    const std::string both = filters("1", "2") + "\"net.ipv4.conf.eth1.rp_filter\" = 0\n";
    must_apply(scene, both);
    CHECK(texts_of(host) == "0 1 1 2 0 ");
    must_apply(scene, filters("1"));
    CHECK(texts_of(host) == "0 1 1 1 2 ");
    const Report report = engine.rollback_all();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(texts_of(host) == texts_of(before));
}

TEST_CASE("devices follow back when the next profile lacks the sysctl for new ones",
          "[engine][carried]") {
    Scene scene(host_with_filters());
    auto& [host, before, folder, engine] = scene;
    must_apply(scene, filters("1"));
    must_apply(scene, filters(""));
    CHECK(texts_of(host) == texts_of(before));
    CHECK(given_their_own(host) == "eth1");
    must_apply(scene, filters("1"));
    CHECK(texts_of(host) == "0 1 1 1 2 ");
    REQUIRE(engine.rollback_all().exit == Exit::as_wanted);
    CHECK(texts_of(host) == texts_of(before));
}
