// The kernel as plugins see it: files, ethtool, links, tasks and devlink. Real in system/, values
// in the tests. One thread uses a System at a time. Every error carries the operation, the object
// and the kernel's words.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/cpu_set.hpp>
#include <nanotune/error.hpp>
#include <nanotune/ethtool.hpp>
#include <nanotune/links.hpp>
#include <nanotune/workers.hpp>

namespace nanotune {

/// Text files of procfs, sysfs and cgroupfs. Paths are absolute.
class Files {
  public:
    virtual ~Files() = default;

    /// The whole file without its last newline. Errors: not_found, denied, refused (with errno).
    virtual Result<std::string> read(const std::string& path) = 0;
    /// One write(2) of the whole text. Errors: not_found, denied, refused, unmovable, exhausted.
    virtual Status write(const std::string& path, std::string_view text) = 0;
    /// Names in a folder, sorted, without "." and "..". Errors: not_found, denied.
    virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;
    /// The last component of a symbolic link's target ("igb" for .../driver). Errors: not_found.
    virtual Result<std::string> link_name(const std::string& path) = 0;
    /// The absolute path with every symbolic link followed; of a program whose file is no more, the
    /// one that it had, with " (deleted)" behind it. Errors: not_found.
    virtual Result<std::string> resolved(const std::string& path) = 0;
    virtual bool exists(const std::string& path) = 0;
    /// Whether this process could write the file now. Errors: not_found; unsupported (its mode lets
    /// nobody write it); denied (saying why: a read-only mount, a missing capability).
    virtual Status may_write(const std::string& path) = 0;
    /// Whether what is read from now on may be written next: what costs much to find may then stay
    /// open, also for writing, until that is over. Said by whoever works with banks, never by one.
    virtual void expect_writes(bool /*are_expected*/) {}
};

/// A parameter of a device's driver (devlink generic netlink).
struct DevlinkParameter {
    std::string name;
    /// 1, 2, 3 and 4 for numbers of 8, 16, 32 and 64 bits, 5 for a text, 6 for a flag.
    std::uint8_t type = 0;
    /// By DEVLINK_PARAM_CMODE_* of linux/devlink.h; a number in decimal, a flag as "1" or "0".
    std::map<std::uint8_t, std::string> values = {};
    friend bool operator==(const DevlinkParameter&, const DevlinkParameter&) = default;
};

/// Devlink generic netlink. A device is its bus and its name there: "pci", "0000:03:00.0".
class Devlink {
  public:
    virtual ~Devlink() = default;

    /// Errors: unsupported where kernel or driver have none.
    virtual Result<std::vector<DevlinkParameter>> parameters(const std::string& bus,
                                                             const std::string& device) = 0;
    /// Sets the one value that `parameter` has. Errors: refused with the kernel's words, denied,
    /// not_found.
    virtual Status set(const std::string& bus, const std::string& device,
                       const DevlinkParameter& parameter) = 0;
};

/// How the scheduler treats a thread (sched_getattr(2)).
struct Scheduling {
    unsigned policy = 0;    ///< SCHED_OTHER, SCHED_FIFO, SCHED_RR, ...
    unsigned priority = 0;  ///< 1-99 for FIFO and RR, else 0
    int nice = 0;
    std::uint64_t flags = 0;  ///< SCHED_FLAG_*; kept as found
    friend bool operator==(const Scheduling&, const Scheduling&) = default;
};

/// The most that a process may have of something, and how far it may raise that by itself
/// (prlimit(2)).
struct ResourceLimit {
    static constexpr std::uint64_t unlimited = ~std::uint64_t{0};
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
    friend bool operator==(const ResourceLimit&, const ResourceLimit&) = default;
};

/// Threads and processes by their number. What is in /proc/PID is read through Files.
class Tasks {
  public:
    virtual ~Tasks() = default;

    virtual Result<Scheduling> scheduling(unsigned thread) = 0;
    virtual Status set_scheduling(unsigned thread, const Scheduling& wanted) = 0;
    virtual Result<CpuSet> affinity(unsigned thread) = 0;
    virtual Status set_affinity(unsigned thread, const CpuSet& cpus) = 0;
    /// `resource` is an RLIMIT_* constant. Errors: not_found, denied, refused.
    virtual Status set_limit(unsigned process, unsigned resource, const ResourceLimit& limit) = 0;
};

/// Capabilities that settings need (linux/capability.h has the numbers).
enum class Capability { net_admin, sys_admin, sys_nice, sys_resource, dac_override };
[[nodiscard]] std::string_view name_of(Capability capability) noexcept;  ///< "CAP_NET_ADMIN"

/// Everything that a bank may touch.
class System {
  public:
    virtual ~System() = default;

    virtual Files& files() = 0;
    virtual Ethtool& ethtool() = 0;
    virtual Links& links() = 0;
    virtual Tasks& tasks() = 0;
    virtual Devlink& devlink() = 0;
    [[nodiscard]] virtual bool has(Capability capability) const = 0;
    /// The local address of the operator's own remote session, "" for none.
    [[nodiscard]] virtual std::string session_address() const = 0;
    /// Sends one request, with this process's credentials, to a local stream socket of another
    /// program: a path, or "@name" for an abstract one. The whole answer, "" where there is none.
    /// Errors: not_found where nobody listens, denied, timed_out.
    virtual Result<std::string> ask(const std::string& socket, std::string_view /*request*/) {
        return failure(ErrorCode::not_found, socket + ": nobody listens");
    }
    /// Where nobody keeps workers: there are none, and none can be started.
    virtual Workers& workers();
};

}  // namespace nanotune
