"""Frames byte by byte, with the plainest checksum there is."""

import socket
import struct


LINK, OWN = "02:00:00:00:09:02", "02:00:00:00:09:01"  # of the peer's end of a pair, and of this one


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def mac(text):
    return bytes(int(part, 16) for part in text.split(":"))


def frame(payload, source="10.9.0.2", to=OWN, port=8080, source_port=5000, fragment=0x4000, options=b"", tags=b""):
    addresses = socket.inet_aton(source) + socket.inet_aton("10.9.0.1")
    udp = struct.pack("!HHHH", source_port, port, 8 + len(payload), 0) + payload
    total = checksum(addresses + struct.pack("!HH", 17, len(udp)) + udp) or 0xFFFF
    udp = udp[:6] + struct.pack("!H", total) + udp[8:]
    size = 20 + len(options)
    ip = struct.pack("!BBHHHBBH", 0x40 + size // 4, 0, size + len(udp), 7, fragment, 64, 17, 0) + addresses + options
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return mac(to) + mac(LINK) + tags + b"\x08\0" + ip + udp


SYN, RST, ACK = 2, 4, 16


def segment(payload=b"", sequence=0, flags=ACK, source_port=5000, source="10.9.0.77"):
    """Of TCP, to port 8080."""
    addresses = socket.inet_aton(source) + socket.inet_aton("10.9.0.1")
    tcp = struct.pack("!HHIIBBHHH", source_port, 8080, sequence, 1, 0x50, flags, 65535, 0, 0) + payload
    tcp = tcp[:16] + struct.pack("!H", checksum(addresses + struct.pack("!HH", 6, len(tcp)) + tcp)) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 7, 0x4000, 64, 6, 0) + addresses
    return mac(OWN) + mac(LINK) + b"\x08\0" + ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + tcp


def flipped(data, byte):
    return data[:byte] + bytes([data[byte] ^ 0x10]) + data[byte + 1:]
