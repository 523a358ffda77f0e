// The kernel as plugins see it: files, ethtool, links, tasks and devlink. Real in system/, values
// in the tests. One thread uses a System at a time. Every error carries the operation, the object
// and the kernel's words.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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

/// Bits of a bitset attribute (link modes, private flags) by the kernel's names.
using EthtoolBits = std::map<std::string, bool, std::less<>>;

/// How a device spreads flows over its receive queues (RSS): the default context of the ioctl
/// ETHTOOL_GRSSH. What its driver does not tell is empty, or 0.
struct ReceiveHash {
    std::vector<std::uint32_t> table;  ///< the queue of each remainder of the hash
    std::vector<std::uint8_t> key;
    std::uint8_t function = 0;  ///< one bit: 1 toeplitz, 2 xor, 4 crc32
    std::uint32_t queues = 0;   ///< queues that receive
    friend bool operator==(const ReceiveHash&, const ReceiveHash&) = default;
};
/// What is left out, or 0, stays. An empty table is the kernel's own: over all queues in turn.
struct ReceiveHashChange {
    std::optional<std::vector<std::uint32_t>> table = {};
    std::vector<std::uint8_t> key = {};
    std::uint8_t function = 0;
};

/// Which packets the device stamps with its own clock: HWTSTAMP_TX_* and HWTSTAMP_FILTER_* of
/// linux/net_tstamp.h.
struct HardwareStamps {
    std::uint32_t tx = 0;
    std::uint32_t rx = 0;
    friend bool operator==(const HardwareStamps&, const HardwareStamps&) = default;
};

/// One rule that steers a flow to a queue: the bytes of struct ethtool_rx_flow_spec of
/// linux/ethtool.h. Its `location` tells it from others.
using FlowRule = std::vector<std::uint8_t>;

/// Ethtool generic netlink, and the ioctls for what it lacks. `command` is ETHTOOL_MSG_*_GET or
/// _SET of linux/ethtool_netlink.h.
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
    /// One bitset attribute of the device's reply, without the bits that its mask leaves out.
    /// Errors: as get.
    virtual Result<EthtoolBits> bits(std::uint8_t command, const std::string& device,
                                     std::uint16_t attribute) = 0;
    /// Sends one message with these bits of that attribute, and these numbers; bits that are left
    /// out stay. Errors: as set.
    virtual Status set_bits(std::uint8_t command, const std::string& device,
                            std::uint16_t attribute, const EthtoolBits& bits,
                            const EthtoolNumbers& numbers) = 0;
    /// Errors: as get.
    virtual Result<ReceiveHash> receive_hash(const std::string& device) = 0;
    /// Errors: as set.
    virtual Status set_receive_hash(const std::string& device, const ReceiveHashChange& change) = 0;
    /// SIOCGHWTSTAMP. Errors: as get.
    virtual Result<HardwareStamps> hardware_stamps(const std::string& device) = 0;
    /// SIOCSHWTSTAMP. Errors: as set.
    virtual Status set_hardware_stamps(const std::string& device, const HardwareStamps& stamps) = 0;
    /// Every rule (ETHTOOL_GRXCLSRLALL), by location. Errors: as get.
    virtual Result<std::vector<FlowRule>> flow_rules(const std::string& device) = 0;
    /// Adds the rule, or replaces the one at its location. Errors: as set.
    virtual Status put_flow_rule(const std::string& device, const FlowRule& rule) = 0;
    /// Errors: as set.
    virtual Status remove_flow_rule(const std::string& device, std::uint32_t location) = 0;
};

/// A network device as RTM_GETLINK describes it.
struct Link {
    unsigned index = 0;
    std::string name;
    std::vector<std::string> altnames;
    std::string
        kind;  ///< IFLA_INFO_KIND: "veth", "vlan", "bond", "tun"; empty for a physical device
    std::string mac;               ///< IFLA_PERM_ADDRESS, or IFLA_ADDRESS where there is none
    bool is_mac_burnt_in = false;  ///< it is the former
    unsigned master = 0;           ///< ifindex of its bond or bridge, 0 for none
    unsigned lower = 0;  ///< ifindex of the device below (VLAN), 0 for none; for a veth its peer
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

/// What stands at the root of a device's sending side.
struct Qdisc {
    std::string kind;          ///< "fq", "mq", "noqueue"
    std::uint32_t handle = 0;  ///< 0 for one that the kernel put there by itself
    friend bool operator==(const Qdisc&, const Qdisc&) = default;
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
    /// Devices of the other network namespaces: those that a process is in, and those that are
    /// mounted. Errors: denied, where one of them cannot be looked into; unsupported.
    virtual Result<std::vector<Link>> elsewhere() {
        return failure(ErrorCode::unsupported, "nobody looks into other network namespaces here");
    }
    /// Queues with their interrupts. Errors: unsupported where the kernel or driver does not say.
    virtual Result<std::vector<QueueInterrupt>> queue_interrupts(const std::string& device) = 0;
    /// The root queueing discipline (RTM_GETQDISC). Errors: not_found.
    virtual Result<Qdisc> qdisc(const std::string& device) = 0;
    /// RTM_NEWQDISC: in the place of what is there, with its own default parameters. Errors: as
    /// set.
    virtual Status put_qdisc(const std::string& device, const Qdisc& qdisc) = 0;
    /// RTM_DELQDISC: the kernel's default comes back. Errors: as set; refused where it is there.
    virtual Status remove_qdisc(const std::string& device) = 0;
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
};

}  // namespace nanotune
