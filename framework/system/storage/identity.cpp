// State belongs to one boot of the kernel and one network namespace: their names, and the clock of
// the boot.
#include <cerrno>
#include <ctime>

#include <sys/socket.h>
#include <sys/stat.h>

#include "system/storage/descriptor.hpp"
#include "system/storage/next_line.hpp"
#include "system/storage/storage_failure.hpp"

namespace nanotune {

namespace {

constexpr std::size_t boot_id_limit = 64;

Result<std::uint64_t> network_namespace() {
    const Descriptor probe(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    std::uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    if (probe.is_open() &&
        getsockopt(probe.number(), SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) == 0) {
        return cookie;
    }
    struct stat status{};
    if (stat("/proc/thread-self/ns/net", &status) != 0) {
        return storage_failure("stat /proc/thread-self/ns/net", errno);
    }
    return status.st_ino;
}

}  // namespace

Result<Identity> current_identity() {
    NT_TRY(const std::string boot, read_file("/proc/sys/kernel/random/boot_id", boot_id_limit));
    NT_TRY(const std::uint64_t network, network_namespace());
    return Identity{.boot = std::string(without_line_ends(boot)), .network = network};
}

std::chrono::milliseconds time_since_boot() {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

}  // namespace nanotune
