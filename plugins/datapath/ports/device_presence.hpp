// Whether the network device that a port is on is still what it was.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// Asks the kernel (RTM_GETLINK, rtnetlink(7)) on a socket that is opened beforehand: no rights are
/// needed later. One thread's.
class DevicePresence {
  public:
    /// Where `answers_from_it`, orders come from its first address, and not from the one that is
    /// listened to. Errors: not_found where it is not there now; as the system's.
    static Result<DevicePresence> open(const std::string& device, bool is_ipv6,
                                       bool answers_from_it);

    /// From now on no order comes from its first address, and nobody looks after that.
    void forget_own_address() noexcept;

    /// Whether it is as it was. Errors: not_found where the kernel says that it has no such device
    /// any more: it was taken away, or moved to another network namespace, and one of the same name
    /// that came since is another one; conflict once its name is another device's, and, where
    /// frames are taken past the kernel, once its link address is another one, so that none are
    /// taken any more, or the address that orders come from is no longer this host's.
    [[nodiscard]] Status stands(bool past_the_kernel) const;

  private:
    DevicePresence(Descriptor socket, std::string device, unsigned index)
        : socket_(std::move(socket)), device_(std::move(device)), index_(index) {}
    struct Sight {
        bool is_gone = false;           ///< the kernel says so
        unsigned index = 0;             ///< 0 where nobody says
        std::string name = {};          ///< "" where nobody says
        std::string link_address = {};  ///< as text; "" where nobody says
    };
    [[nodiscard]] Sight seen() const;
    [[nodiscard]] Sight seen(unsigned index, std::string_view name) const;
    [[nodiscard]] Status has_own_name(const Sight& now) const;
    [[nodiscard]] Status has_own_address() const;

    Descriptor socket_;
    Descriptor changes_ = {};                 ///< of addresses, where orders come from the device's
    mutable bool is_address_unsure_ = false;  ///< since they changed, or could not be asked for
    mutable bool is_address_missed_ = false;  ///< by the last look
    std::string device_;
    unsigned index_;
    bool is_ipv6_ = false;
    std::string link_address_ = {};
    std::optional<std::array<std::uint8_t, 16>> own_address_ = {};
};

/// Whether a device of this name is there and up. Asks anew each time; needs no rights.
[[nodiscard]] bool is_up(const std::string& device);

}  // namespace nanotune::datapath
