// IPv4 and IPv6 as the processor sees them: what a sender is known by, and what an answer begins
// with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../packet/packet.h"
#include "frame.hpp"

namespace nanotune::datapath {

/// What is kept of a flow is as large as the cache lines that it takes: one with IPv4.
struct Ipv4 {
    static constexpr std::size_t header_size = 48;
    static constexpr std::size_t address_size = 4;

    /// Address and port in one number; never 0, as no sender has port 0.
    struct Key {
        std::uint64_t number = 0;
        friend bool operator==(const Key&, const Key&) = default;
        [[nodiscard]] bool is_none() const noexcept { return number == 0; }
        [[nodiscard]] std::uint64_t hash() const noexcept {
            return (number ^ number >> 29) * 0x9E3779B97F4A7C15ULL;
        }
    };

    [[gnu::always_inline]] static nt_outcome classify(const nt_listen& listen, const Frame& frame,
                                                      nt_datagram& out) noexcept {
        return nt_classify_ipv4(&listen, frame.data, frame.data + frame.length, &out);
    }
    static Key key_at(const std::uint8_t* address, std::uint16_t port) noexcept {
        return {nt_load32(address) | static_cast<std::uint64_t>(port) << 32};
    }
    static std::uint64_t write_headers(const nt_listen& listen, const nt_receiver& receiver,
                                       std::uint32_t payload, std::uint8_t* at) noexcept {
        return nt_write_ipv4_headers(&listen, &receiver, payload, at);
    }

    static constexpr std::size_t source_at = nt_ipv4_source;
    static constexpr std::size_t ip_size = nt_ipv4_size;
};

struct Ipv6 {
    static constexpr std::size_t header_size = 80;
    static constexpr std::size_t address_size = 16;

    struct Key {
        std::uint64_t upper = 0;
        std::uint64_t lower = 0;
        std::uint64_t port = 0;
        friend bool operator==(const Key&, const Key&) = default;
        [[nodiscard]] bool is_none() const noexcept { return port == 0; }
        [[nodiscard]] std::uint64_t hash() const noexcept {
            const std::uint64_t mixed =
                (upper ^ lower >> 31) * 0x9E3779B97F4A7C15ULL ^ lower ^ port;
            return (mixed ^ mixed >> 29) * 0x9E3779B97F4A7C15ULL;
        }
    };

    [[gnu::always_inline]] static nt_outcome classify(const nt_listen& listen, const Frame& frame,
                                                      nt_datagram& out) noexcept {
        return nt_classify_ipv6(&listen, frame.data, frame.data + frame.length, &out);
    }
    static Key key_at(const std::uint8_t* address, std::uint16_t port) noexcept {
        return {.upper = nt_load64(address), .lower = nt_load64(address + 8), .port = port};
    }
    static std::uint64_t write_headers(const nt_listen& listen, const nt_receiver& receiver,
                                       std::uint32_t payload, std::uint8_t* at) noexcept {
        return nt_write_ipv6_headers(&listen, &receiver, payload, at);
    }

    static constexpr std::size_t source_at = nt_ipv6_source;
    static constexpr std::size_t ip_size = nt_ipv6_size;
};

static_assert(Ipv4::header_size >= nt_most_ipv4_header);
static_assert(Ipv6::header_size >= nt_most_ipv6_header);

}  // namespace nanotune::datapath
