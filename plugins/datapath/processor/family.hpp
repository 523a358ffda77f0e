// IPv4 and IPv6 as the processor sees them: what a sender is known by, and what an answer begins
// with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../packet/packet.h"
#include "frame.hpp"

namespace nanotune::datapath {

/// Address and port in one number. None is what no sender can write: frames are looked up before
/// their sender is judged, and 0 is one's that is nobody.
struct Ipv4Key {
    static constexpr std::uint64_t none = UINT64_MAX;

    std::uint64_t number = none;
    friend bool operator==(const Ipv4Key&, const Ipv4Key&) = default;
    [[nodiscard]] bool is_none() const noexcept { return number == none; }
    [[nodiscard]] std::uint64_t hash() const noexcept {
        return (number ^ number >> 29) * 0x9E3779B97F4A7C15ULL;
    }
    static Ipv4Key at(const std::uint8_t* address, std::uint16_t port) noexcept {
        return {nt_load32(address) | static_cast<std::uint64_t>(port) << 32};
    }
};

struct Ipv6Key {
    std::uint64_t upper = 0;
    std::uint64_t lower = 0;
    std::uint64_t port = 0;
    friend bool operator==(const Ipv6Key&, const Ipv6Key&) = default;
    [[nodiscard]] bool is_none() const noexcept { return port == 0; }
    [[nodiscard]] std::uint64_t hash() const noexcept {
        const std::uint64_t mixed = (upper ^ lower >> 31) * 0x9E3779B97F4A7C15ULL ^ lower ^ port;
        return (mixed ^ mixed >> 29) * 0x9E3779B97F4A7C15ULL;
    }
    static Ipv6Key at(const std::uint8_t* address, std::uint16_t port) noexcept {
        return {.upper = nt_load64(address), .lower = nt_load64(address + 8), .port = port};
    }
};

/// What is kept of a flow is as large as the cache lines that it takes: one with IPv4.
struct Ipv4 {
    using Key = Ipv4Key;
    static constexpr std::size_t headers_size = 48;  ///< what is kept, and copied in one go
    static constexpr std::size_t address_size = 4;
    static constexpr bool has_checksum = true;  ///< behind the headers that are kept

    [[gnu::always_inline]] static nt_outcome classify(const nt_listen& listen, const Frame& frame,
                                                      nt_datagram& out) noexcept {
        return nt_classify_ipv4(&listen, frame.trust, frame.data, frame.data + frame.length, &out);
    }
    /// Whether `out` says what is in the frame, in which `classify` would find nothing wrong, but
    /// perhaps its sender.
    [[gnu::always_inline]] static bool is_usual(const nt_usual& usual, const nt_listen& listen,
                                                const Frame& frame, nt_datagram& out) noexcept {
        if (nt_is_usual(&usual, listen.trust | frame.trust, frame.data, frame.length) == 0) {
            return false;
        }
        const std::uint8_t* const udp = frame.data + nt_ethernet_size + nt_ipv4_size;
        out = {.source = udp - nt_ipv4_size + nt_ipv4_source,
               .payload = udp + nt_udp_size,
               .payload_length = nt_market_data_size,
               .source_port = nt_load16(udp + nt_udp_source)};
        return true;
    }
    [[gnu::always_inline]] static nt_outcome judge_source(const nt_listen& listen,
                                                          const nt_datagram& datagram) noexcept {
        return nt_judge_ipv4_source(&listen, datagram.source, datagram.source_port);
    }
    static std::uint64_t write_headers(const nt_listen& listen, const nt_receiver& receiver,
                                       std::uint32_t payload, std::uint8_t* at) noexcept {
        return nt_write_ipv4_headers(&listen, &receiver, payload, at);
    }

    /// What stands before the payload.
    static std::uint32_t header_size(const nt_listen& listen) noexcept {
        return nt_ethernet_size + nt_tag_size * (listen.tags & 3U) + nt_ipv4_size + nt_udp_size;
    }
    /// The sender, if the frame is ours and so long.
    static Key key_in(const nt_listen& listen, const Frame& frame) noexcept {
        const std::uint8_t* const udp = frame.data + header_size(listen) - nt_udp_size;
        return Key::at(udp - nt_ipv4_size + nt_ipv4_source, nt_load16(udp + nt_udp_source));
    }
};

struct Ipv6 {
    using Key = Ipv6Key;
    static constexpr std::size_t headers_size = 80;
    static constexpr std::size_t address_size = 16;
    static constexpr bool has_checksum = true;

    [[gnu::always_inline]] static nt_outcome classify(const nt_listen& listen, const Frame& frame,
                                                      nt_datagram& out) noexcept {
        return nt_classify_ipv6(&listen, frame.trust, frame.data, frame.data + frame.length, &out);
    }
    static std::uint64_t write_headers(const nt_listen& listen, const nt_receiver& receiver,
                                       std::uint32_t payload, std::uint8_t* at) noexcept {
        return nt_write_ipv6_headers(&listen, &receiver, payload, at);
    }

    /// What stands before the payload.
    static std::uint32_t header_size(const nt_listen& listen) noexcept {
        return nt_ethernet_size + nt_tag_size * (listen.tags & 3U) + nt_ipv6_size + nt_udp_size;
    }
    /// The sender, if the frame is ours and so long.
    static Key key_in(const nt_listen& listen, const Frame& frame) noexcept {
        const std::uint8_t* const udp = frame.data + header_size(listen) - nt_udp_size;
        return Key::at(udp - nt_ipv6_size + nt_ipv6_source, nt_load16(udp + nt_udp_source));
    }
};

static_assert(Ipv4::headers_size >= nt_most_ipv4_header);
static_assert(Ipv6::headers_size >= nt_most_ipv6_header);

}  // namespace nanotune::datapath
