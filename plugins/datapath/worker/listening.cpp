#include "listening.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <fmt/core.h>

namespace nanotune::datapath {

namespace {

/// The link address of a group (RFC 1112, RFC 2464).
std::array<std::uint8_t, 6> link_of(const Endpoint& group) {
    const auto& at = group.address;
    return group.is_ipv6
               ? std::array<std::uint8_t, 6>{0x33, 0x33, at[12], at[13], at[14], at[15]}
               : std::array<std::uint8_t, 6>{
                     0x01, 0x00, 0x5E, static_cast<std::uint8_t>(at[1] & 0x7F), at[2], at[3]};
}

/// Whether hosts elsewhere find the address at the device, and not at the one below.
Status comes_on_device(const WorkerOptions& options) {
    const std::string other = who_answers_too(options);
    return other.empty()
               ? Status()
               : failure(ErrorCode::conflict, fmt::format("{}: {}", options.listen_text, other));
}

}  // namespace

std::string who_answers_too(const WorkerOptions& options) {
    const bool is_asked_for =
        !options.device.empty() && !options.listen.is_ipv6 && !is_group(options.listen);
    const std::string other = is_asked_for ? answers_arp_for(options.device) : std::string();
    return other.empty() ? other
                         : fmt::format(
                               "{0}, below {1}, answers ARP for it, too (the sysctl "
                               "net.ipv4.conf.{0}.arp_ignore = 1 ends that)",
                               other, options.device);
}

std::optional<Group> group_of(const WorkerOptions& options) {
    if (!is_group(options.listen)) {
        return std::nullopt;
    }
    return Group{.address = options.listen.address,
                 .is_ipv6 = options.listen.is_ipv6,
                 .device = options.device,
                 .source = options.source};
}

bool goes_past_kernel(std::string_view how) {
    return how.starts_with("xdp") || how.starts_with("af_xdp") || how.starts_with("packet");
}

bool has_address(const WorkerOptions& options, bool was_past_kernel) {
    const bool is_kernels_choice =
        options.backend == Backend::udp ||
        (options.backend == Backend::automatic && !options.only_asleep && !was_past_kernel);
    if (is_group(options.listen)) {
        return is_kernels_choice || own_address(options.device, options.listen.is_ipv6);
    }
    return can_be_bound(options.listen.address, options.listen.is_ipv6, options.device);
}

Status goes_by_device(const WorkerOptions& options) {
    if (is_loopback(options.listen.address, options.listen.is_ipv6)) {
        return failure(ErrorCode::conflict,
                       fmt::format("{}: nothing for a loopback address comes on {}; the backend "
                                   "udp hears it",
                                   options.listen_text, options.device));
    }
    NT_CHECK(comes_on_device(options));
    if (!options.respond) {
        return {};
    }
    NT_TRY(const bool stays,
           is_this_hosts(options.respond->address, options.respond->is_ipv6, options.device));
    return stays ? failure(ErrorCode::conflict,
                           fmt::format("respond {}: it is this host's own, and orders that leave "
                                       "past the kernel never come back to it; the backend udp "
                                       "reaches it",
                                       options.respond_text))
                 : Status();
}

Result<nt_listen> listening(const WorkerOptions& options, const Device& device) {
    nt_listen listen{};
    std::memcpy(&listen.link[0], device.link.data(), device.link.size());
    listen.link[1] = listen.link[0];
    std::ranges::copy(options.listen.address, listen.address[0]);
    std::ranges::copy(options.listen.address, listen.address[1]);
    listen.type = nt_swap16(options.listen.is_ipv6 ? nt_type_ipv6 : nt_type_ipv4);
    listen.port = nt_swap16(options.listen.port);
    listen.trust = options.trusts_checksums ? nt_trust_header | nt_trust_transport : 0;
    if (is_group(options.listen)) {
        NT_TRY(const auto own, own_address(options.device, options.listen.is_ipv6));
        std::ranges::copy(own, listen.address[0]);
        const auto link = link_of(options.listen);
        std::memcpy(&listen.link[1], link.data(), link.size());
    }
    return listen;
}

}  // namespace nanotune::datapath
