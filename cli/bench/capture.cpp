#include "capture.hpp"

#include <optional>
#include <span>
#include <string_view>

#include <fmt/core.h>

#include "datapath/packet/packet.h"
#include "system/storage/storage.hpp"

namespace nanotune::cli::bench {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t file_limit = std::size_t{1} << 30;
constexpr std::size_t file_header = 24;
constexpr std::size_t packet_header = 16;
constexpr std::uint32_t microseconds = 0xA1B2C3D4;
constexpr std::uint32_t nanoseconds = 0xA1B23C4D;
constexpr std::uint32_t ethernet = 1;
constexpr std::uint32_t bare_ip = 101;

std::uint16_t network16(Bytes bytes, std::size_t at) {
    return nt_swap16(nt_load16(bytes.data() + at));
}

/// Of what follows IP's addresses.
std::optional<Bytes> udp_payload(Bytes udp) {
    if (udp.size() < nt_udp_size) {
        return std::nullopt;
    }
    const std::size_t length = network16(udp, nt_udp_length);
    return length < nt_udp_size || length > udp.size()
               ? std::nullopt
               : std::optional(udp.subspan(nt_udp_size, length - nt_udp_size));
}

std::optional<Bytes> ip_payload(Bytes ip) {
    if (ip.size() >= nt_ipv4_size && ip[0] >> 4 == 4) {
        const std::size_t header = std::size_t{4} * (ip[0] & 15U);
        const bool is_whole = (network16(ip, nt_ipv4_fragment) & 0x3FFF) == 0;
        return is_whole && ip[nt_ipv4_protocol] == nt_protocol_udp && header >= nt_ipv4_size &&
                       header <= ip.size()
                   ? udp_payload(ip.subspan(header))
                   : std::nullopt;
    }
    if (ip.size() >= nt_ipv6_size && ip[0] >> 4 == 6) {
        return ip[nt_ipv6_protocol] == nt_protocol_udp ? udp_payload(ip.subspan(nt_ipv6_size))
                                                       : std::nullopt;
    }
    return std::nullopt;
}

std::optional<Bytes> payload_in(Bytes frame, std::uint32_t network) {
    if (network == bare_ip) {
        return ip_payload(frame);
    }
    std::size_t at = nt_ethernet_type;
    while (at + 2 <= frame.size()) {
        const std::uint16_t type = network16(frame, at);
        if (type == nt_type_vlan || type == nt_type_service_vlan) {
            at += nt_tag_size;
            continue;
        }
        return type == nt_type_ipv4 || type == nt_type_ipv6 ? ip_payload(frame.subspan(at + 2))
                                                            : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

Result<Capture> capture_in(const std::string& path) {
    NT_TRY(const std::string text, read_file(path, file_limit));
    return capture_of({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, path);
}

Result<Capture> capture_of(Bytes bytes, const std::string& name) {
    const auto damaged = [&name](std::string_view why) {
        return failure(ErrorCode::damaged, fmt::format("{}: {}", name, why));
    };
    if (bytes.size() < file_header) {
        return damaged("it is no capture (pcap)");
    }
    const std::uint32_t magic = nt_load32(bytes.data());
    const bool is_turned =
        magic == __builtin_bswap32(microseconds) || magic == __builtin_bswap32(nanoseconds);
    const auto number = [&](std::size_t at) {
        const std::uint32_t found = nt_load32(bytes.data() + at);
        return is_turned ? __builtin_bswap32(found) : found;
    };
    const std::uint32_t kind = number(0);
    if (kind != microseconds && kind != nanoseconds) {
        return damaged("it is no capture (pcap); of pcapng, editcap -F pcap makes one");
    }
    const std::uint32_t network = number(20) & 0xFFFF;
    if (network != ethernet && network != bare_ip) {
        return failure(
            ErrorCode::unsupported,
            fmt::format("{}: it is of network type {}, neither Ethernet nor IP", name, network));
    }
    Capture capture;
    std::optional<std::uint64_t> first;
    for (std::size_t at = file_header; at != bytes.size();) {
        if (bytes.size() - at < packet_header) {
            return damaged("it is cut off");
        }
        const std::uint64_t time =
            std::uint64_t{number(at)} * 1'000'000'000 +
            std::uint64_t{number(at + 4)} * (kind == microseconds ? 1000 : 1);
        const std::size_t length = number(at + 8);
        at += packet_header;
        if (bytes.size() - at < length) {
            return damaged("it is cut off");
        }
        first = first.value_or(time);
        if (const auto payload = payload_in(bytes.subspan(at, length), network)) {
            capture.packets.push_back({.after = time < *first ? 0 : time - *first,
                                       .payload = {payload->begin(), payload->end()}});
        } else {
            ++capture.others;
        }
        at += length;
    }
    return capture;
}

}  // namespace nanotune::cli::bench
