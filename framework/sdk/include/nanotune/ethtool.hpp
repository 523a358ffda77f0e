// What ethtool tells and sets, as plugins see it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nanotune/error.hpp>

namespace nanotune {

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

/// The features of a device by the kernel's names, each once. Names are the kernel's and not a
/// device's, so that all that was read shares them.
class Features {
  public:
    using Entry = std::pair<std::string_view, Feature>;
    using const_iterator = std::vector<Entry>::const_iterator;

    Features() = default;
    /// The names are valid for as long as `names` is.
    Features(std::shared_ptr<const void> names, std::vector<Entry> entries)
        : names_(std::move(names)), entries_(std::move(entries)) {}
    /// With names of its own.
    Features(std::initializer_list<std::map<std::string, Feature>::value_type> features)
        : Features(std::map<std::string, Feature>(features)) {}
    explicit Features(std::map<std::string, Feature> features);

    [[nodiscard]] const_iterator begin() const noexcept { return entries_.begin(); }
    [[nodiscard]] const_iterator end() const noexcept { return entries_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    /// `end` where there is none of that name.
    [[nodiscard]] const_iterator find(std::string_view name) const;
    friend bool operator==(const Features& one, const Features& other) {
        return one.entries_ == other.entries_;
    }

  private:
    std::shared_ptr<const void> names_;
    std::vector<Entry> entries_;
};

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

/// What a driver says of itself (ETHTOOL_GDRVINFO).
struct DriverInfo {
    std::string name;
    std::string firmware;  ///< the version that runs on the card; "" where the driver does not say
    friend bool operator==(const DriverInfo&, const DriverInfo&) = default;
};

/// A device's own counters (ETHTOOL_GSTATS) by the driver's names.
using Counters = std::map<std::string, std::uint64_t, std::less<>>;

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
    /// Errors: as get.
    virtual Result<DriverInfo> driver(const std::string& device) = 0;
    /// Errors: as get.
    virtual Result<Counters> counters(const std::string& device) = 0;
    /// Coalescing of one queue pair (ETHTOOL_PERQUEUE), by the attributes of
    /// ETHTOOL_MSG_COALESCE_GET. Errors: as get.
    virtual Result<EthtoolNumbers> queue_coalesce(const std::string& device, unsigned queue) = 0;
    /// What is left out stays. Errors: as set.
    virtual Status set_queue_coalesce(const std::string& device, unsigned queue,
                                      const EthtoolNumbers& numbers) = 0;
};

}  // namespace nanotune
