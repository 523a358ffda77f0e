// Files of network devices, which are read as they are by now though they stay open.
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include "own_namespace.hpp"
#include "support/catch.hpp"

using namespace nanotune;

namespace {

void run(const std::string& command) {
    REQUIRE(::system(command.c_str()) == 0);  // NOLINT(concurrency-mt-unsafe)
}

/// The number of times that this process has the file open.
int times_open(Files& files, const std::string& path) {
    const auto file = files.resolved(path);
    const auto numbers = files.list("/proc/self/fd");
    REQUIRE(numbers);
    return static_cast<int>(std::ranges::count_if(*numbers, [&](const std::string& number) {
        return file && files.resolved("/proc/self/fd/" + number) == file;
    }));
}

const std::string folder = "/sys/class/net/left0/";

/// Of a host with left0, of which the number and the MTU were read, and stay open.
Files& with_open_files(OwnNamespace& host) {
    host.add_veth("left0", "right0", 1);
    Files& files = host.system().files();
    files.expect_writes(true);
    REQUIRE(files.read(folder + "ifindex"));
    REQUIRE(files.read(folder + "mtu"));
    REQUIRE(times_open(files, folder + "mtu") == 1);
    return files;
}

}  // namespace

TEST_CASE("a device's file is read as it is by now, by the name that the device has by now",
          "[integration][files]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    Files& files = host.system().files();
    const bool are_expected = GENERATE(false, true);
    files.expect_writes(are_expected);
    const std::string length = "/sys/class/net/left0/tx_queue_len";
    REQUIRE(files.read("/sys/class/net/left0/ifindex"));
    CHECK(files.read(length) == "1000");
    CHECK(times_open(files, length) == (are_expected ? 1 : 0));
    REQUIRE(files.write(length, "77"));
    CHECK(files.read(length) == "77");
    run("ip link set left0 txqueuelen 78");
    CHECK(files.read(length) == "78");
    run("ip link set left0 name left1");
    CHECK(files.read(length).error().code == ErrorCode::not_found);
    run("ip link set left1 name left0 && ip link set right0 txqueuelen 500");
    CHECK(files.read(length) == "78");
    run("ip link set left0 name left1 && ip link set right0 name left0");
    CHECK(files.read(length) == "500");
    CHECK(files.read("/sys/class/net/left0/ifindex"));
    CHECK(files.read(length) == "500");
    run("ip link set left0 name right0 && ip link set left1 name left0");
    CHECK(files.read("/sys/class/net/left0/ifindex"));
    CHECK(files.read(length) == "78");
    run("ip link set left0 name left1 && ip link set right0 name left0");
    CHECK(files.read("/sys/class/net/left0/ifindex"));
    CHECK(files.read(length) == "500");
    host.remove("left0");
    CHECK(files.read(length).error().code == ErrorCode::not_found);
    files.expect_writes(false);
    host.add_veth("left0", "right0", 1);
    CHECK(files.read(length) == "1000");
    CHECK(times_open(files, length) == 0);
}

TEST_CASE("folders of a device are listed as they are by now, by the name that it has by now",
          "[integration][files]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    Files& files = with_open_files(host);
    const std::string queues = folder + "queues";
    const std::vector<std::string> one = {"rx-0", "tx-0"};
    CHECK(files.list(queues) == one);
    run("ip link set left0 name left1");
    CHECK(files.list(queues).error().code == ErrorCode::not_found);
    run("ip link add left0 numrxqueues 2 numtxqueues 1 type veth peer name other0");
    CHECK(files.list(queues) == std::vector<std::string>{"rx-0", "rx-1", "tx-0"});
    CHECK(files.list("/sys/class/net/left1/queues") == one);
    CHECK(files.list(folder + "absent").error().code == ErrorCode::not_found);
    host.remove("left0");
    CHECK(files.list(queues).error().code == ErrorCode::not_found);
}

TEST_CASE("with the number of a device its folder is open, for whatever is read of it then",
          "[integration][files]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    Files& files = host.system().files();
    REQUIRE(files.read(folder + "ifindex"));
    CHECK(times_open(files, "/sys/class/net/left0") == 0);
    files.expect_writes(true);
    REQUIRE(files.read(folder + "ifindex"));
    CHECK(times_open(files, "/sys/class/net/left0") == 1);
    REQUIRE(files.read(folder + "mtu"));
    CHECK(times_open(files, "/sys/class/net/left0") == 1);
    files.expect_writes(false);
    CHECK(times_open(files, "/sys/class/net/left0") == 0);
}

TEST_CASE("a device that came in another's place, with its name and its number, is read itself",
          "[integration][files]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    Files& files = with_open_files(host);
    const std::string number = *files.read(folder + "ifindex");
    REQUIRE(files.write(folder + "tx_queue_len", "77"));
    CHECK(files.read(folder + "tx_queue_len") == "77");
    host.remove("left0");
    run("ip link add left0 index " + number + " type veth peer name right0");
    CHECK(files.read(folder + "tx_queue_len") == "1000");
    CHECK(files.read(folder + "mtu") == "1500");
    CHECK(times_open(files, folder + "mtu") == 1);
    CHECK(files.read(folder + "absent").error().code == ErrorCode::not_found);
    CHECK(times_open(files, folder + "mtu") == 1);
}

TEST_CASE("what stays open of a device keeps no other of its files from being read",
          "[integration][files]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    Files& files = with_open_files(host);
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit few{.rlim_cur = 64, .rlim_max = before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
    std::vector<Descriptor> all_others;
    for (Descriptor other(dup(STDIN_FILENO)); other.is_open();
         other = Descriptor(dup(STDIN_FILENO))) {
        all_others.push_back(std::move(other));
    }
    const int reason = errno;
    const auto length = files.read(folder + "tx_queue_len");
    const auto mtu = files.read(folder + "mtu");
    setrlimit(RLIMIT_NOFILE, &before);
    CHECK(reason == EMFILE);
    CHECK(length == "1000");
    CHECK(mtu == "1500");
}
