// sysfs and procfs of the running kernel, as the new namespace has them.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "own_namespace.hpp"
#include "support/catch.hpp"
#include "system/kernel_system.hpp"

using namespace nanotune;

TEST_CASE("sysfs shows the devices of the namespace, and takes their settings",
          "[integration][files]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    Files& files = host.system().files();

    const auto devices = files.list("/sys/class/net");
    REQUIRE(devices);
    CHECK(std::ranges::count(*devices, "left0") == 1);
    CHECK(std::ranges::count(*devices, "eth0") == 0);
    const std::string path = "/sys/class/net/left0/queues/rx-0/rps_cpus";
    REQUIRE(files.may_write(path));
    REQUIRE(files.write(path, "1"));
    const auto mask = files.read(path);
    REQUIRE(mask);
    CHECK(mask->find_last_not_of("0,") == mask->size() - 1);
    CHECK(mask->ends_with('1'));
    CHECK(files.may_write("/sys/class/net/left0/address").error().code == ErrorCode::unsupported);
}

TEST_CASE("the path of a file that is no more is the one that it had", "[integration][files]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    Files& files = host.system().files();
    std::array<char, 32> name = {"/tmp/nanotune-no-more-XXXXXX"};
    const int opened = mkstemp(name.data());
    REQUIRE(opened >= 0);
    const std::string link = "/proc/self/fd/" + std::to_string(opened);
    CHECK(files.resolved(link).value() == name.data());
    REQUIRE(unlink(name.data()) == 0);
    CHECK(files.resolved(link).value() == std::string(name.data()) + " (deleted)");
    close(opened);
    CHECK(files.resolved(link).error().code == ErrorCode::not_found);
    CHECK(files.resolved(name.data()).error().code == ErrorCode::not_found);
}

TEST_CASE("a file that others may write is denied to root of a user namespace",
          "[integration][files]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    Files& files = host.system().files();
    const std::string of_the_host = "/proc/sys/kernel/hung_task_timeout_secs";
    const std::string of_nobody = "/proc/sys/net/core/rmem_max";  // outside of the first namespace
    REQUIRE(files.may_write(of_the_host));
    CHECK(files.may_write(of_nobody).error().code == ErrorCode::unsupported);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        constexpr uid_t somebody = 65534;
        const bool is_apart = setresuid(somebody, somebody, somebody) == 0 &&
                              unshare(CLONE_NEWUSER) == 0 &&
                              host.system().has(Capability::dac_override);
        const Status by_root = files.may_write(of_the_host);
        const Status by_nobody = files.may_write(of_nobody);
        const bool is_right = is_apart && !by_root && by_root.error().code == ErrorCode::denied &&
                              !by_nobody && by_nobody.error().code == ErrorCode::unsupported;
        _exit(is_right ? 0 : 1);
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}

namespace {

/// What `look` returns in a child that is root of a user namespace of its own.
int as_root_of_a_user_namespace(const std::function<int()>& look) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const bool is_root = unshare(CLONE_NEWUSER) == 0 && std::ofstream("/proc/self/uid_map")
                                                                << "0 0 1" << std::flush;
        _exit(is_root ? look() : 255);
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/// Of the device's files, how many say something else beforehand than the kernel does.
int count_of_wrong(Files& files, const std::string& device) {
    int wrong = 0;
    for (const char* name :
         {"gro_flush_timeout", "napi_defer_hard_irqs", "tx_queue_len", "mtu", "flags",
          "queues/rx-0/rps_cpus", "queues/rx-0/rps_flow_cnt", "queues/tx-0/xps_cpus",
          "queues/tx-0/xps_rxqs", "queues/tx-0/tx_maxrate", "power/control"}) {
        const std::string path = "/sys/class/net/" + device + "/" + name;
        const Status may = files.may_write(path);
        const auto now = files.read(path);
        const Status written = now ? files.write(path, *now) : std::unexpected(now.error());
        const bool is_denied = !written && written.error().kernel_errno == EPERM;
        const bool is_right =
            may ? !is_denied : is_denied && may.error().message.contains("CAP_NET_ADMIN is needed");
        wrong += is_right ? 0 : 1;
    }
    return wrong;
}

}  // namespace

TEST_CASE("what the kernel asks for a device's files is known before they are written",
          "[integration][files]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    CHECK(host.system().has(Capability::net_admin));
    CHECK(count_of_wrong(host.system().files(), "left0") == 0);
    SECTION("in a network namespace of the host") {
        CHECK(as_root_of_a_user_namespace([&] {
                  const auto system = kernel_system("");
                  return count_of_wrong(system->files(), "left0") +
                         (system->has(Capability::net_admin) ? 100 : 0);
              }) == 0);
    }
    SECTION("in one of its own") {
        CHECK(as_root_of_a_user_namespace([] {
                  OwnNamespace own;
                  own.add_veth("left0", "right0", 2);
                  Files& files = own.system().files();
                  const bool is_denied = !files.may_write("/sys/class/net/left0/gro_flush_timeout");
                  return count_of_wrong(files, "left0") +
                         (own.system().has(Capability::net_admin) && is_denied ? 0 : 100);
              }) == 0);
    }
}

TEST_CASE("a sysctl of the namespace is written, and a wrong value refused",
          "[integration][files]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    Files& files = host.system().files();
    const std::string path = "/proc/sys/net/ipv4/tcp_slow_start_after_idle";
    REQUIRE(files.may_write(path));
    REQUIRE(files.write(path, "0"));
    CHECK(files.read(path) == "0");
    const Status status = files.write(path, "word");
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::refused);
    CHECK(status.error().message == "write word to " + path + ": Invalid argument (EINVAL)");
}

TEST_CASE("sysctls of a device that was removed and made again are found again",
          "[integration][files]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    Files& files = host.system().files();
    files.expect_writes(GENERATE(false, true));
    const std::string folder = "/proc/sys/net/ipv4/conf/left0";
    host.add_veth("left0", "right0", 1);
    for (const char* name : {"/rp_filter", "/forwarding", "/arp_ignore"}) {
        CHECK(files.read(folder + name));  // the folder is known from the second on
    }
    REQUIRE(files.write(folder + "/arp_ignore", "2"));
    host.remove("left0");
    CHECK(files.read(folder + "/arp_ignore").error().code == ErrorCode::not_found);
    CHECK(files.may_write(folder + "/arp_ignore").error().code == ErrorCode::not_found);
    host.add_veth("left0", "right0", 1);
    CHECK(files.read(folder + "/arp_ignore") == "0");
    CHECK(files.read(folder + "/rp_filter"));
    host.remove("left0");
    host.add_veth("left0", "right0", 1);
    CHECK(files.may_write(folder + "/arp_ignore"));
    CHECK(files.write(folder + "/arp_ignore", "1"));
    CHECK(files.read(folder + "/arp_ignore") == "1");
}

TEST_CASE("an identity is that of the namespace", "[integration][storage]") {
    const auto before = current_identity();
    REQUIRE(before);
    const OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    const auto after = current_identity();
    REQUIRE(after);
    CHECK(after->boot == before->boot);
    CHECK(after->network != before->network);
}
