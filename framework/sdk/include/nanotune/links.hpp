// What rtnetlink and its like tell and set of network devices, as plugins see it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/error.hpp>

namespace nanotune {

/// An XDP program on a device (IFLA_XDP).
struct XdpProgram {
    enum class Mode { generic, native, offloaded };
    Mode mode = Mode::generic;
    unsigned id = 0;
    friend bool operator==(const XdpProgram&, const XdpProgram&) = default;
};
[[nodiscard]] std::string_view name_of(XdpProgram::Mode mode) noexcept;  ///< "native"

struct LinkNumber {
    std::uint16_t attribute = 0;  ///< IFLA_MTU, IFLA_TXQLEN, ...
    std::uint32_t value = 0;
    friend bool operator==(const LinkNumber&, const LinkNumber&) = default;
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
    /// Of a member of a bond: its bond takes the link for up, and with LACP sends and receives on
    /// it. Of any other device: `has_carrier`.
    bool serves_master = false;
    std::vector<XdpProgram> xdp = {};
    std::vector<LinkNumber> numbers;  ///< those that are 32 bit wide, by their attributes
    /// Nothing where the kernel does not report it.
    [[nodiscard]] std::optional<std::uint32_t> number(std::uint16_t attribute) const;
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

/// When a NAPI instance polls by itself (netdev generic netlink, since 6.13). What is left out is
/// not said, or stays.
struct NapiTimes {
    std::optional<std::uint64_t> defer_hard_irqs = {};
    std::optional<std::uint64_t> gro_flush_timeout = {};    ///< ns
    std::optional<std::uint64_t> irq_suspend_timeout = {};  ///< ns
    friend bool operator==(const NapiTimes&, const NapiTimes&) = default;
};

/// An AF_XDP socket that is bound (sock_diag).
struct XdpSocket {
    unsigned device = 0;  ///< ifindex
    unsigned queue = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const XdpSocket&, const XdpSocket&) = default;
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
    /// What the device of that ifindex is called now, without all that `link` tells. Errors:
    /// not_found.
    virtual Result<std::string> name(unsigned index) = 0;
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
    /// Errors: unsupported where the kernel does not say (before 6.13); not_found.
    virtual Result<NapiTimes> napi_times(unsigned napi) = 0;
    /// Errors: unsupported; refused with the kernel's words, denied, not_found.
    virtual Status set_napi_times(unsigned napi, const NapiTimes& times) = 0;
    /// Every AF_XDP socket of the namespace that is bound. Errors: unsupported where there are
    /// any and the kernel does not list them.
    virtual Result<std::vector<XdpSocket>> xdp_sockets() = 0;
    /// What the driver's native XDP can do: NETDEV_XDP_ACT_* of linux/netdev.h. Errors:
    /// unsupported where the kernel does not say (before 6.3).
    virtual Result<std::uint64_t> xdp_features(const std::string& device) = 0;
    /// The root queueing discipline (RTM_GETQDISC). Errors: not_found.
    virtual Result<Qdisc> qdisc(const std::string& device) = 0;
    /// RTM_NEWQDISC: in the place of what is there, with its own default parameters. Errors: as
    /// set.
    virtual Status put_qdisc(const std::string& device, const Qdisc& qdisc) = 0;
    /// RTM_DELQDISC: the kernel's default comes back. Errors: as set; refused where it is there.
    virtual Status remove_qdisc(const std::string& device) = 0;
};

}  // namespace nanotune
