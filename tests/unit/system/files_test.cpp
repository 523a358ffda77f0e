// The kernel's text files, on files of our own and on procfs.
#include "system/files.hpp"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch_folder.hpp"
#include "support/catch.hpp"
#include "system/storage/child.hpp"

using namespace nanotune;
using namespace std::chrono_literals;

TEST_CASE("a file is read without its last newline alone", "[files]") {
    const ScratchFolder folder;
    KernelFiles files;
    folder.write("one", "performance\n");
    folder.write("two", "a\n\n");
    folder.write("none", "");
    CHECK(files.read(folder.at("one")) == "performance");
    CHECK(files.read(folder.at("two")) == "a\n");
    CHECK(files.read(folder.at("none")) == "");
}

TEST_CASE("a file that comes in pieces is read whole", "[files]") {
    KernelFiles files;
    const ScratchFolder folder;
    folder.write("large", std::string(100'000, 'x'));
    REQUIRE(files.read(folder.at("large")));
    CHECK(files.read(folder.at("large"))->size() == 100'000);
    const auto symbols = files.read("/proc/self/smaps");
    REQUIRE(symbols);
    CHECK(symbols->find("VmFlags") != std::string::npos);
}

TEST_CASE("reading says what is missing, and where", "[files]") {
    KernelFiles files;
    const auto absent = files.read("/proc/sys/net/absent");
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == ErrorCode::not_found);
    CHECK(absent.error().message ==
          "read /proc/sys/net/absent: No such file or directory (ENOENT)");
    const auto folder = files.read("/proc/sys/net");
    REQUIRE_FALSE(folder);
    CHECK(folder.error().kernel_errno == EISDIR);
}

TEST_CASE("writing neither creates nor truncates", "[files]") {
    const ScratchFolder folder;
    KernelFiles files;
    const Status absent = files.write(folder.at("absent"), "1");
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == ErrorCode::not_found);
    CHECK(absent.error().message ==
          "write 1 to " + folder.at("absent") + ": No such file or directory (ENOENT)");
    CHECK(folder.size() == 0);
    folder.write("state", "abcdef");
    REQUIRE(files.write(folder.at("state"), "xy"));
    CHECK(folder.text("state") == "xycdef");
}

TEST_CASE("a refused write carries the value and the kernel's word", "[files]") {
    KernelFiles files;
    const Status status = files.write("/proc/self/oom_score_adj", "5000\n");
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::refused);
    CHECK(status.error().message ==
          "write 5000 to /proc/self/oom_score_adj: Invalid argument (EINVAL)");
}

TEST_CASE("a folder is listed in order, without itself and its parent", "[files]") {
    const ScratchFolder folder;
    KernelFiles files;
    folder.write("b", "");
    folder.write("a", "");
    folder.write(".c", "");
    CHECK(files.list(folder.path()) == std::vector<std::string>{".c", "a", "b"});
    CHECK(files.list(folder.at("absent")).error().code == ErrorCode::not_found);
}

TEST_CASE("a link gives its last component, and its end", "[files]") {
    const ScratchFolder folder;
    KernelFiles files;
    REQUIRE(mkdir(folder.at("igb").c_str(), 0700) == 0);
    REQUIRE(symlink("../../bus/pci/drivers/igb", folder.at("driver").c_str()) == 0);
    REQUIRE(symlink("igb", folder.at("device").c_str()) == 0);
    CHECK(files.link_name(folder.at("driver")) == "igb");
    CHECK(files.link_name(folder.at("igb")).error().code == ErrorCode::not_found);
    CHECK(files.resolved(folder.at("device")) ==
          std::filesystem::canonical(folder.path()).string() + "/igb");
    CHECK(files.resolved(folder.at("driver")).error().code == ErrorCode::not_found);
    CHECK(files.exists(folder.at("device")));
    CHECK_FALSE(files.exists(folder.at("driver")));
}

TEST_CASE("a file whose mode lets nobody write it is unsupported, for root as well", "[files]") {
    KernelFiles files;
    CHECK(files.may_write("/proc/sys/kernel/osrelease").error().code == ErrorCode::unsupported);
    const Status status = files.may_write("/proc/version");
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::unsupported);
    CHECK(status.error().message ==
          "write /proc/version: permission denied: mode 0444, nobody may write it (EACCES)");
    CHECK(files.may_write("/proc/absent").error().code == ErrorCode::not_found);
    CHECK(files.may_write("/proc/self/oom_score_adj"));
}

TEST_CASE("who is not root learns what is needed", "[files]") {
    if (geteuid() != 0) {
        const Status status = KernelFiles().may_write("/proc/sys/net/core/somaxconn");
        REQUIRE_FALSE(status);
        CHECK(status.error().message.find("CAP_NET_ADMIN") != std::string::npos);
        return;
    }
    constexpr uid_t nobody = 65534;
    CHECK(in_child(
        [] {
            if (setresuid(nobody, nobody, nobody) != 0) {
                return 1;
            }
            KernelFiles files;
            const Status plain = files.may_write("/proc/sys/kernel/panic");
            const Status network = files.write("/proc/sys/net/core/somaxconn", "4096");
            const bool is_plain_told = !plain && plain.error().code == ErrorCode::denied &&
                                       plain.error().message ==
                                           "write /proc/sys/kernel/panic: permission denied: "
                                           "mode 0644; root or CAP_DAC_OVERRIDE is needed (EACCES)";
            const bool is_network_told =
                !network && network.error().code == ErrorCode::denied &&
                network.error().message ==
                    "write 4096 to /proc/sys/net/core/somaxconn: permission denied: mode 0644; "
                    "root or CAP_NET_ADMIN is needed (EACCES)";
            return (is_plain_told ? 0 : 2) + (is_network_told ? 0 : 4);
        },
        20s));
}

namespace {

/// A sysctl of an interface, and the same file written past `files`.
constexpr const char* limit = "/proc/sys/net/ipv4/conf/veth7/medium_id";

int run(const char* command) {
    return ::system(command);  // NOLINT(concurrency-mt-unsafe)
}

bool made_interface() {
    return run("ip link add veth7 type veth") == 0;
}

/// In a child in a network namespace that has that interface. Its exit status is what `check` says.
template <typename F>
Status beside_interface(F check) {
    return in_child(
        [check] { return unshare(CLONE_NEWNET) == 0 && made_interface() ? check() : 1; }, 20s);
}

}  // namespace

TEST_CASE("a sysctl is read as it is by then, and written as often as need be", "[files]") {
    if (geteuid() != 0) {
        WARN("left out: a network namespace needs root");
        return;
    }
    const bool are_expected = GENERATE(false, true);
    CHECK(beside_interface([are_expected] {
        KernelFiles files;
        files.expect_writes(are_expected);
        KernelFiles others;
        const bool is_as_written =
            files.write(limit, "7") && files.read(limit) == "7" && files.read(limit) == "7";
        const bool is_anew = files.write(limit, "9") && files.write(limit, "11") &&
                             others.read(limit) == "11" && others.write(limit, "8") &&
                             files.read(limit) == "8" && others.read(limit) == "8";
        return (is_as_written ? 0 : 2) + (is_anew ? 0 : 4);
    }));
}

TEST_CASE("a sysctl is looked for anew where its interface was made anew", "[files]") {
    if (geteuid() != 0) {
        WARN("left out: a network namespace needs root");
        return;
    }
    CHECK(beside_interface([] {
        KernelFiles files;
        files.expect_writes(true);
        const auto made_anew = [] { return run("ip link del veth7") == 0 && made_interface(); };
        const bool is_read_of_new_one =
            files.write(limit, "7") && made_anew() && files.read(limit) == "0";
        const bool is_written_to_new_one = files.read(limit) && made_anew() &&
                                           files.write(limit, "7") &&
                                           KernelFiles().read(limit) == "7";
        const bool is_gone = files.write(limit, "7") && run("ip link del veth7") == 0 &&
                             files.write(limit, "8").error().code == ErrorCode::not_found &&
                             files.read(limit).error().code == ErrorCode::not_found;
        return (is_read_of_new_one ? 0 : 2) + (is_written_to_new_one ? 0 : 4) + (is_gone ? 0 : 8);
    }));
}

namespace {

/// How often this process has a file open, and whether so that it can be written.
struct Opened {
    int times = 0;
    bool is_for_writing = false;
};

Opened opened(const std::string& path) {
    const std::string folder = "/proc/self/fd";
    Opened opened;
    KernelFiles files;
    const auto numbers = files.list(folder);
    for (const std::string& number : numbers ? *numbers : std::vector<std::string>()) {
        if (files.resolved(folder + "/" + number) == path) {
            ++opened.times;
            opened.is_for_writing = (fcntl(std::stoi(number), F_GETFL) & O_ACCMODE) == O_RDWR;
        }
    }
    return opened;
}

}  // namespace

TEST_CASE("a sysctl stays open from its first reading on while writes are expected", "[files]") {
    if (geteuid() != 0) {
        WARN("left out: a network namespace needs root");
        return;
    }
    CHECK(beside_interface([] {
        KernelFiles files;
        const bool is_closed = files.read(limit) && opened(limit).times == 0;
        files.expect_writes(true);
        const bool is_open = files.read(limit) == "0" && opened(limit).is_for_writing &&
                             files.may_write(limit) && files.write(limit, "7") &&
                             files.read(limit) == "7" && opened(limit).times == 1;
        files.expect_writes(false);
        const bool is_closed_again = opened(limit).times == 0 && files.write(limit, "8") &&
                                     files.read(limit) == "8" && opened(limit).times == 0;
        return (is_closed ? 0 : 2) + (is_open ? 0 : 4) + (is_closed_again ? 0 : 8);
    }));
}

TEST_CASE("a sysctl that nobody may write is read all the same while writes are expected",
          "[files]") {
    KernelFiles files;
    files.expect_writes(true);
    const std::string release = "/proc/sys/kernel/osrelease";
    CHECK(files.read(release));
    CHECK(files.may_write(release).error().code == ErrorCode::unsupported);
    CHECK(files.write(release, "1").error().message ==
          "write 1 to " + release + ": permission denied: mode 0444, nobody may write it (EACCES)");
}

TEST_CASE("any number of sysctls can be written, however few files may be open", "[files]") {
    if (geteuid() != 0) {
        WARN("left out: a network namespace needs root");
        return;
    }
    CHECK(in_child(
        [] {
            const rlimit few{.rlim_cur = 24, .rlim_max = 24};
            if (unshare(CLONE_NEWNET) != 0 || setrlimit(RLIMIT_NOFILE, &few) != 0) {
                return 1;
            }
            KernelFiles files;
            files.expect_writes(true);
            const std::string folder = "/proc/sys/net/ipv4/";
            const auto names = files.list(folder);
            std::size_t written = 0;
            for (const std::string& name : names ? *names : std::vector<std::string>()) {
                const auto text =
                    name.starts_with("tcp_") ? files.read(folder + name) : Result<std::string>("");
                if (text && !text->empty()) {
                    written += files.write(folder + name, *text) ? 1 : 0;
                }
            }
            return written > few.rlim_max ? 0 : 2;
        },
        20s));
}
