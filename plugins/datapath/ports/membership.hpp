// A multicast group that a datapath listens to.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::datapath {

struct Group {
    std::array<std::uint8_t, 16> address{};  ///< as on the wire, of IPv4 the first four bytes
    bool is_ipv6 = false;
    std::string device;
    std::optional<std::array<std::uint8_t, 16>> source = {};  ///< nobody else is listened to
};

/// Joins on the device, and takes nothing that others on this host have joined. The kernel leaves
/// when the socket is closed. Errors: not_found without the device; as the system's.
[[nodiscard]] Status join(const Descriptor& socket, const Group& group);

/// What of multicast a device takes besides what was joined. Whether a device's filter is full,
/// only its driver knows.
enum class DeviceFilter : std::uint8_t { unknown, none, all_multicast, promiscuous };

/// Whether the kernel has a membership, and how the device filters; by files that are opened
/// beforehand, so that no rights are needed later.
class MembershipFacts {
  public:
    /// Errors: as the system's.
    static Result<MembershipFacts> open(const Group& group);

    /// As the kernel says now (/proc/net/igmp, igmp6, mcfilter, mcfilter6).
    [[nodiscard]] bool is_joined() const;
    /// `none` is of devices that are not hardware.
    [[nodiscard]] DeviceFilter filter() const;

  private:
    MembershipFacts(Descriptor groups, Descriptor flags, std::string line, bool has_headings,
                    bool is_hardware)
        : groups_(std::move(groups)),
          flags_(std::move(flags)),
          line_(std::move(line)),
          has_headings_(has_headings),
          is_hardware_(is_hardware) {}

    Descriptor groups_;
    Descriptor flags_;
    std::string line_;   ///< what stands in the file of groups, one word behind the other
    bool has_headings_;  ///< the device's number stands above the line
    bool is_hardware_;
};

}  // namespace nanotune::datapath
