// One spelling for each file of /proc/sys, and no file outside of it.
#include "sysctl/sysctl_name.hpp"

#include "support/catch.hpp"
#include "support/held.hpp"
#include "sysctl/refusals.hpp"

using nanotune::sysctl::refusal_of;
using nanotune::sysctl::SysctlName;
using nanotune::test::held;

namespace {

std::string text_of(std::string_view text) {
    const auto name = SysctlName::from(text);
    return name ? name->text() : "no name";
}

std::string path_of(std::string_view text) {
    const auto name = SysctlName::from(text);
    return name ? name->path() : "no name";
}

bool is_refused(std::string_view text) {
    const auto name = SysctlName::from(text);
    return name && refusal_of(*name).has_value();
}

}  // namespace

TEST_CASE("a sysctl is spelled with dots, or with slashes where a name has dots", "[sysctl]") {
    CHECK(text_of("net.core.rmem_max") == "net.core.rmem_max");
    CHECK(text_of("net/core/rmem_max") == "net.core.rmem_max");
    CHECK(text_of("net/ipv4/conf/eth0.100/rp_filter") == "net/ipv4/conf/eth0.100/rp_filter");
    CHECK(text_of("net.ipv4.conf.eth0/100.rp_filter") == "net/ipv4/conf/eth0.100/rp_filter");
}

TEST_CASE("all spellings of a sysctl are one file", "[sysctl]") {
    CHECK(path_of("net.core.rmem_max") == "/proc/sys/net/core/rmem_max");
    CHECK(path_of("net/ipv4/conf/eth0.100/rp_filter") ==
          "/proc/sys/net/ipv4/conf/eth0.100/rp_filter");
    CHECK(path_of("net.ipv4.conf.eth0/100.rp_filter") ==
          "/proc/sys/net/ipv4/conf/eth0.100/rp_filter");
}

TEST_CASE("no name leads out of /proc/sys", "[sysctl]") {
    for (const char* text :
         {"net/../../etc/passwd", "net/./core", "/etc/passwd", "net//core", "net..core", ".core",
          "net.", "net/", "..", "../..", "net/core/rmem max", "net.core.rmem\nmax", "./.",
          "net.core/.rmem.max/."}) {
        INFO(text);
        const auto name = SysctlName::from(text);
        CHECK((!name || (!name->path().contains("/../") && !name->path().contains("/./") &&
                         !name->path().contains("//"))));
    }
    CHECK(text_of("net/../../etc/passwd") == "no name");
    CHECK(text_of("/etc/passwd") == "no name");
    CHECK(text_of("net..core") == "no name");
    CHECK(text_of("net/core/rmem max") == "no name");
    CHECK(text_of(std::string_view("net.core\0.x", 11)) == "no name");
}

TEST_CASE("a word alone is no sysctl", "[sysctl]") {
    CHECK(text_of("swappiness") == "no name");
    CHECK(text_of("") == "no name");
}

TEST_CASE("actions, one-way switches, facts, programs and secrets are no settings", "[sysctl]") {
    for (const char* name : {"vm.drop_caches",
                             "vm.compact_memory",
                             "net.ipv4.route.flush",
                             "net/ipv6/route/flush",
                             "kernel.modules_disabled",
                             "kernel.kexec_load_disabled",
                             "kernel.max_rcu_stall_to_panic",
                             "kernel.random.boot_id",
                             "fs.file-nr",
                             "fs.inode-nr",
                             "fs.dentry-state",
                             "kernel.ns_last_pid",
                             "net.netfilter.nf_conntrack_count",
                             "net.ipv4.tcp_fastopen_key",
                             "net.ipv6.conf.eth0.stable_secret",
                             "net/ipv6/conf/eth0.7/stable_secret",
                             "net.ipv4.ip_forward",
                             "net.ipv6.conf.all.forwarding",
                             "net.ipv6.conf.all.force_forwarding",
                             "net.netfilter.nf_hooks_lwtunnel",
                             "net.ipv6.conf.eth0.forwarding",
                             "net.ipv4.neigh.eth0.unres_qlen",
                             "net.ipv6.neigh.eth0.base_reachable_time",
                             "net.ipv4.neigh.default.retrans_time",
                             "net.ipv4.route.gc_min_interval",
                             "net.ipv6.route.gc_min_interval",
                             "vm.dirty_bytes",
                             "vm.nr_hugepages"}) {
        INFO(name);
        CHECK(is_refused(name));
    }
    for (const char* name :
         {"net.core.rmem_max", "kernel.sysrq", "net.ipv4.conf.eth0.forwarding",
          "net.ipv6.conf.eth0.force_forwarding", "net.ipv6.route.gc_min_interval_ms",
          "net.ipv4.neigh.eth0.unres_qlen_bytes", "net.ipv6.neigh.eth0.base_reachable_time_ms",
          "kernel.randomize_va_space", "fs.file-max", "vm.swappiness", "kernel.random",
          "vm.drop_caches.x"}) {
        INFO(name);
        CHECK_FALSE(is_refused(name));
    }
}

TEST_CASE("a sysctl of an interface knows which, and what it is called for another", "[sysctl]") {
    const auto device = [](std::string_view name) { return held(SysctlName::from(name)).device(); };
    CHECK(device("net.ipv4.conf.eth0.rp_filter") == "eth0");
    CHECK(device("net/ipv6/conf/eth0.100/accept_ra") == "eth0.100");
    CHECK(device("net.ipv4.neigh.eth0.app_solicit") == "eth0");
    CHECK(device("net.ipv6.neigh.eth0.app_solicit") == "eth0");
    for (const std::string_view name :
         {"net.ipv4.conf.all.rp_filter", "net.ipv6.neigh.default.app_solicit", "net.ipv4.tcp_sack",
          "net.ipv4.conf.eth0", "kernel.conf.eth0.rp_filter"}) {
        INFO(name);
        CHECK(device(name).empty());
    }
    const auto name = held(SysctlName::from("net.ipv4.conf.eth0.rp_filter"));
    CHECK(name.of_device("foo").text() == "net.ipv4.conf.foo.rp_filter");
    CHECK(name.of_device("foo.7").text() == "net/ipv4/conf/foo.7/rp_filter");
}

TEST_CASE("a sysctl's file is the same, whether or not its name is taken apart", "[sysctl]") {
    for (const std::string_view name :
         {"net.core.rmem_max", "net/ipv4/conf/eth0.100/rp_filter",
          "net.ipv4.conf.eth0/100.rp_filter", "vm.swappiness", "swappiness", "", "net..core",
          "net.core.", ".net", "net/../core", "net//core", "net/./core", "net.//.core", "net.co re",
          "net/core\x7f"}) {
        INFO(name);
        const auto taken_apart = SysctlName::from(name);
        CHECK(SysctlName::path_of(name) ==
              (taken_apart ? std::optional(taken_apart->path()) : std::nullopt));
    }
}

TEST_CASE("a dot within a part of a sysctl's name is none of a pattern's", "[sysctl]") {
    const auto fits = [](std::string_view name, std::string_view pattern) {
        return held(SysctlName::from(name)).fits(pattern);
    };
    CHECK(fits("net.ipv6.conf.eth0.forwarding", "net.ipv6.conf.*.forwarding"));
    CHECK(fits("net/ipv6/conf/eth0.7/forwarding", "net.ipv6.conf.*.forwarding"));
    CHECK_FALSE(fits("net/ipv6/conf.all/forwarding", "net.ipv6.conf.all.forwarding"));
    CHECK_FALSE(fits("net.ipv6.conf.allx.forwarding", "net.ipv6.conf.all.forwarding"));
    CHECK_FALSE(fits("net.ipv6.conf.al.forwarding", "net.ipv6.conf.all.forwarding"));
    CHECK_FALSE(fits("net.ipv6.conf", "net.ipv6.conf.*"));
    CHECK_FALSE(fits("net.ipv6.conf.eth0.mtu", "net.ipv6.conf.*"));
}

TEST_CASE("what the kernel gives to interfaces whose own was never set is known by name",
          "[sysctl]") {
    const auto is_given = [](std::string_view name) {
        return SysctlName::from(name)->is_given_to_devices();
    };
    CHECK(is_given("net.ipv4.conf.default.rp_filter"));
    CHECK(is_given("net/ipv4/neigh/default/app_solicit"));
    CHECK(is_given("net.ipv6.neigh.default.gc_stale_time"));
    CHECK_FALSE(is_given("net.ipv4.conf.default.forwarding"));
    CHECK_FALSE(is_given("net.ipv4.conf.all.rp_filter"));
    CHECK_FALSE(is_given("net.ipv4.conf.eth0.rp_filter"));
    CHECK_FALSE(is_given("net.ipv6.conf.default.accept_ra"));
}
