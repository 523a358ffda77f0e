#include "packets.hpp"

#include <stdexcept>

#include <arpa/inet.h>

namespace nanotune::test {

namespace {

void append(Packet& packet, const Packet& bytes) {
    packet.insert(packet.end(), bytes.begin(), bytes.end());
}

void append_number(Packet& packet, std::uint64_t number, int bytes, bool network_order = true) {
    for (int byte = 0; byte < bytes; ++byte) {
        const int shift = 8 * (network_order ? bytes - 1 - byte : byte);
        packet.push_back(static_cast<std::uint8_t>(number >> shift));
    }
}

void put16(Packet& packet, std::size_t at, std::uint16_t number) {
    packet.at(at) = static_cast<std::uint8_t>(number >> 8);
    packet.at(at + 1) = static_cast<std::uint8_t>(number);
}

std::uint16_t number16(const Packet& packet, std::size_t at) {
    return static_cast<std::uint16_t>(packet.at(at) << 8 | packet.at(at + 1));
}

constexpr std::uint8_t udp_number = 17;
constexpr std::uint8_t tcp_number = 6;

Packet pseudo_header(const Packet& source, const Packet& destination, std::size_t length,
                     std::uint8_t protocol) {
    Packet pseudo = source;
    append(pseudo, destination);
    if (source.size() == 4) {
        append_number(pseudo, protocol, 2);
        append_number(pseudo, length, 2);
    } else {
        append_number(pseudo, length, 4);
        append_number(pseudo, protocol, 4);
    }
    return pseudo;
}

Packet udp_datagram(const PacketOptions& options, const Packet& source, const Packet& destination) {
    const std::size_t length = 8 + options.payload.size();
    Packet udp;
    append_number(udp, options.source_port, 2);
    append_number(udp, options.port, 2);
    append_number(udp, length + static_cast<std::size_t>(options.udp_length), 2);
    append_number(udp, 0, 2);
    append(udp, options.payload);
    if (options.has_udp_checksum) {
        Packet summed = pseudo_header(
            source, destination, length + static_cast<std::size_t>(options.udp_length), udp_number);
        append(summed, udp);
        const std::uint16_t checksum = internet_checksum(summed);
        put16(udp, 6, checksum == 0 ? 0xFFFF : checksum);
    }
    return udp;
}

Packet tcp_segment(const PacketOptions& options, const TcpHead& head, const Packet& source,
                   const Packet& destination) {
    const std::size_t header = 20 + head.options.size();
    Packet tcp;
    append_number(tcp, options.source_port, 2);
    append_number(tcp, options.port, 2);
    append_number(tcp, head.sequence, 4);
    append_number(tcp, 1, 4);
    append_number(tcp, header / 4 << 4, 1);
    append_number(tcp, head.flags, 1);
    append_number(tcp, 65535, 2);
    append_number(tcp, 0, 4);
    append(tcp, head.options);
    append(tcp, options.payload);
    Packet summed = pseudo_header(source, destination, tcp.size(), tcp_number);
    append(summed, tcp);
    put16(tcp, 16, internet_checksum(summed));
    return tcp;
}

std::uint8_t protocol_of(const PacketOptions& options) {
    return options.tcp ? tcp_number : udp_number;
}

Packet ipv4_header(const PacketOptions& options, std::size_t length, const Packet& source,
                   const Packet& destination) {
    Packet ip;
    const std::size_t header = 20 + options.ip_options.size();
    append_number(ip, 0x40 + header / 4, 1);
    append_number(ip, 0, 1);
    append_number(ip, header + length + static_cast<std::size_t>(options.ip_length), 2);
    append_number(ip, 0x1234, 2);
    append_number(ip, options.fragment, 2);
    append_number(ip, 63, 1);
    append_number(ip, protocol_of(options), 1);
    append_number(ip, 0, 2);
    append(ip, source);
    append(ip, destination);
    append(ip, options.ip_options);
    put16(ip, 10, internet_checksum(ip));
    return ip;
}

Packet ipv6_header(const PacketOptions& options, std::size_t length, const Packet& source,
                   const Packet& destination) {
    Packet ip;
    append_number(ip, 0x60000000, 4);
    append_number(ip, length + static_cast<std::size_t>(options.ip_length), 2);
    append_number(ip, protocol_of(options), 1);
    append_number(ip, 63, 1);
    append(ip, source);
    append(ip, destination);
    return ip;
}

}  // namespace

std::uint16_t internet_checksum(const Packet& bytes) {
    std::uint32_t sum = 0;
    for (std::size_t at = 0; at < bytes.size(); at += 2) {
        sum += static_cast<std::uint32_t>(bytes[at]) << 8 |
               (at + 1 < bytes.size() ? bytes[at + 1] : 0U);
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum);
}

Packet address_bytes(const std::string& text) {
    Packet bytes(text.contains(':') ? 16 : 4);
    if (::inet_pton(text.contains(':') ? AF_INET6 : AF_INET, text.c_str(), bytes.data()) != 1) {
        throw std::invalid_argument(text);
    }
    return bytes;
}

Packet market_data(const MarketData& data, bool network_order) {
    Packet bytes(data.symbol.begin(), data.symbol.end());
    bytes.resize(8, ' ');
    append_number(bytes, data.price, 4, network_order);
    append_number(bytes, data.quantity, 4, network_order);
    append_number(bytes, data.timestamp, 8, network_order);
    return bytes;
}

Packet packet(const PacketOptions& options) {
    const Packet source = address_bytes(options.source);
    const Packet destination = address_bytes(options.destination);
    Packet frame(options.to.begin(), options.to.end());
    frame.insert(frame.end(), options.from.begin(), options.from.end());
    for (std::size_t tag = 0; tag < options.tags.size(); ++tag) {
        append_number(frame, tag + 1 < options.tags.size() ? 0x88A8 : 0x8100, 2);
        append_number(frame, options.tags[tag], 2);
    }
    append_number(frame, source.size() == 4 ? 0x0800 : 0x86DD, 2);
    const Packet carried = options.tcp ? tcp_segment(options, *options.tcp, source, destination)
                                       : udp_datagram(options, source, destination);
    append(frame, source.size() == 4 ? ipv4_header(options, carried.size(), source, destination)
                                     : ipv6_header(options, carried.size(), source, destination));
    append(frame, carried);
    return frame;
}

bool is_sound(const Packet& frame) {
    const bool is_ipv4 = number16(frame, 12) == 0x0800;
    const std::size_t udp = 14 + (is_ipv4 ? 20 : 40);
    const std::size_t length = frame.size() - udp;
    const auto piece = [&frame](std::size_t from, std::size_t size) {
        return Packet(frame.begin() + static_cast<std::ptrdiff_t>(from),
                      frame.begin() + static_cast<std::ptrdiff_t>(from + size));
    };
    const std::size_t address = is_ipv4 ? 4 : 16;
    const std::size_t source = 14 + (is_ipv4 ? 12 : 8);
    Packet summed =
        pseudo_header(piece(source, address), piece(source + address, address), length, udp_number);
    append(summed, piece(udp, length));
    return (is_ipv4 ? frame.at(14) == 0x45 && number16(frame, 16) == 20 + length &&
                          internet_checksum(piece(14, 20)) == 0
                    : frame.at(14) == 0x60 && number16(frame, 18) == length) &&
           number16(frame, udp + 4) == length && number16(frame, udp + 6) != 0 &&
           internet_checksum(summed) == 0;
}

}  // namespace nanotune::test
