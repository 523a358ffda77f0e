// The kernel as plugins see it: files, ethtool, links and tasks. Real in system/, values in the
// tests. One thread uses a System at a time. Every error carries the operation, the object and the
// kernel's words.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/cpu_set.hpp>
#include <nanotune/error.hpp>

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
    /// The absolute path with every symbolic link followed. Errors: not_found.
    virtual Result<std::string> resolved(const std::string& path) = 0;
    virtual bool exists(const std::string& path) = 0;
    /// Whether this process could write the file now. Errors: not_found, denied (saying why: the
    /// mode, a read-only mount, a missing capability).
    virtual Status may_write(const std::string& path) = 0;
};

/// A number in an ethtool netlink message. `width` is its payload in bytes (1, 2, 4 or 8).
struct EthtoolNumber {
    std::uint64_t number = 0;
    std::uint8_t width = 4;
    friend bool operator==(const EthtoolNumber&, const EthtoolNumber&) = default;
};
/// ETHTOOL_A_* attribute type to number. Nested and bitset attributes are not in it.
using EthtoolNumbers = std::map<std::uint16_t, EthtoolNumber>;

/// A feature (offload) of a device by the kernel's name.
struct Feature {
    bool changeable = false;  ///< in hw_features and not in NOCHANGE; otherwise "fixed"
    bool wanted = false;
    bool active = false;
    friend bool operator==(const Feature&, const Feature&) = default;
};
using Features = std::map<std::string, Feature, std::less<>>;

/// Ethtool generic netlink. `command` is ETHTOOL_MSG_*_GET or _SET of linux/ethtool_netlink.h.
class Ethtool {
  public:
    virtual ~Ethtool() = default;

    /// The numeric attributes of the device's reply. Errors: unsupported (EOPNOTSUPP, or the
    /// running kernel lacks the command), not_found.
    virtual Result<EthtoolNumbers> get(std::uint8_t command, const std::string& device) = 0;
    /// Sends one message with these attributes. Errors: refused with the kernel's extended
    /// acknowledgement, unsupported, denied (CAP_NET_ADMIN), not_found.
    virtual Status set(std::uint8_t command, const std::string& device,
                       const EthtoolNumbers& numbers) = 0;
    /// ETHTOOL_MSG_FEATURES_GET. Errors: as get.
    virtual Result<Features> features(const std::string& device) = 0;
    /// ETHTOOL_MSG_FEATURES_SET of these bits only. A bit that the driver did not take is refused
    /// by name.
    virtual Status set_features(const std::string& device,
                                const std::map<std::string, bool>& wanted) = 0;
};

/// A network device as RTM_GETLINK describes it.
struct Link {
    unsigned index = 0;
    std::string name;
    std::vector<std::string> altnames;
    std::string
        kind;  ///< IFLA_INFO_KIND: "veth", "vlan", "bond", "tun"; empty for a physical device
    std::string mac;      ///< IFLA_PERM_ADDRESS, or IFLA_ADDRESS where there is none
    unsigned master = 0;  ///< ifindex of its bond or bridge, 0 for none
    unsigned lower = 0;   ///< ifindex of the device below (VLAN), 0 for none; for a veth its peer
    bool is_up = false;
    bool is_loopback = false;
    bool has_carrier = false;
    std::map<std::uint16_t, std::uint32_t>
        numbers;  ///< IFLA_MTU, IFLA_TXQLEN, ... that are 32 bit wide
    friend bool operator==(const Link&, const Link&) = default;
};

/// One queue of a device and the interrupt that serves it (netdev generic netlink, since 6.8).
struct QueueInterrupt {
    bool is_receive = true;
    unsigned queue = 0;
    unsigned napi = 0;
    unsigned irq = 0;
    friend bool operator==(const QueueInterrupt&, const QueueInterrupt&) = default;
};

/// rtnetlink and netdev generic netlink, in the network namespace that the process is in.
class Links {
  public:
    virtual ~Links() = default;

    /// Every device of the namespace, by ifindex.
    virtual Result<std::vector<Link>> list() = 0;
    /// One device (RTM_GETLINK by its name). Errors: not_found.
    virtual Result<Link> link(const std::string& device) = 0;
    /// RTM_NEWLINK with one 32-bit attribute (IFLA_MTU, IFLA_TXQLEN). Errors: refused with the
    /// kernel's words, denied, not_found.
    virtual Status set(const std::string& device, std::uint16_t attribute,
                       std::uint32_t number) = 0;
    /// Devices that carry a default route (RTM_GETROUTE, main table, IPv4 and IPv6).
    virtual Result<std::vector<std::string>> default_route_devices() = 0;
    /// The device that holds a local address ("192.0.2.1", "2001:db8::1"). Errors: not_found.
    virtual Result<std::string> device_of_address(const std::string& address) = 0;
    /// Queues with their interrupts. Errors: unsupported where the kernel or driver does not say.
    virtual Result<std::vector<QueueInterrupt>> queue_interrupts(const std::string& device) = 0;
};

/// How the scheduler treats a thread (sched_getattr(2)).
struct Scheduling {
    unsigned policy = 0;    ///< SCHED_OTHER, SCHED_FIFO, SCHED_RR, ...
    unsigned priority = 0;  ///< 1-99 for FIFO and RR, else 0
    int nice = 0;
    std::uint64_t flags = 0;  ///< SCHED_FLAG_*; kept as found
    friend bool operator==(const Scheduling&, const Scheduling&) = default;
};

/// Threads by their number. What is in /proc/PID is read through Files.
class Tasks {
  public:
    virtual ~Tasks() = default;

    virtual Result<Scheduling> scheduling(unsigned thread) = 0;
    virtual Status set_scheduling(unsigned thread, const Scheduling& wanted) = 0;
    virtual Result<CpuSet> affinity(unsigned thread) = 0;
    virtual Status set_affinity(unsigned thread, const CpuSet& cpus) = 0;
};

/// Capabilities that settings need (linux/capability.h has the numbers).
enum class Capability { net_admin, sys_admin, sys_nice, dac_override };
[[nodiscard]] std::string_view name_of(Capability capability) noexcept;  ///< "CAP_NET_ADMIN"

/// Everything that a bank may touch.
class System {
  public:
    virtual ~System() = default;

    virtual Files& files() = 0;
    virtual Ethtool& ethtool() = 0;
    virtual Links& links() = 0;
    virtual Tasks& tasks() = 0;
    [[nodiscard]] virtual bool has(Capability capability) const = 0;
    /// The local address of the operator's own remote session, "" for none.
    [[nodiscard]] virtual std::string session_address() const = 0;
    /// Sends one request, with this process's credentials, to a local stream socket of another
    /// program: a path, or "@name" for an abstract one. The whole answer, "" where there is none.
    /// Errors: not_found where nobody listens, denied, timed_out.
    virtual Result<std::string> ask(const std::string& socket, std::string_view /*request*/) {
        return failure(ErrorCode::not_found, socket + ": nobody listens");
    }
};

}  // namespace nanotune
