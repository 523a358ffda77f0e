// Two veths with something set on one of them, for tests of what becomes of devices.
#pragma once

#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

namespace nanotune::test {

inline const std::string filter = "/proc/sys/net/ipv4/conf/";

inline std::string mtu_of(const FakeHost& host, const std::string& device) {
    return host.text(link_number_cell(device, 4));  // IFLA_MTU
}

inline std::string filter_of(const FakeHost& host, const std::string& device) {
    return host.text(filter + device + "/rp_filter");
}

inline FakeHost two_veths() {
    return given::plain_host()
        .with_sysctl("net.core.rmem_max", "212992")
        .with_nic("veth0", {.kind = "veth", .mtu = 1500})
        .with_nic("veth1", {.kind = "veth", .mtu = 1600});
}

struct VethScene : Scene {
    VethScene() : Scene(two_veths()) {}

    void tune(std::string_view profile =
                  "[nic.veth0]\nmtu = 1400\n"
                  "[sysctl]\n\"net.ipv4.conf.veth0.rp_filter\" = 2\n") {
        const Report report = engine.apply(profile);
        INFO(text_of(report));
        REQUIRE(report.exit == Exit::as_wanted);
    }
    Report forget() {
        RollbackRequest request = rollback_request();
        request.all = true;
        request.force = true;
        return engine.rollback(request);
    }
};

inline Row filter_row(const Report& report, const std::string& device) {
    return row_at(report, "sysctl.net.ipv4.conf." + device + ".rp_filter", Target::host());
}

}  // namespace nanotune::test
