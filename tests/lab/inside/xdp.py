#!/usr/bin/env python3
"""Owns a NIC besides the kernel, until it is ended; says "ready" once it does.

    xdp.py program DEVICE native|generic      an XDP program that passes every packet on
    xdp.py socket DEVICE QUEUE                an AF_XDP socket in copy mode
"""

import ctypes
import mmap
import os
import socket
import struct
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
SYS_BPF = 321
BPF_PROG_LOAD, BPF_LINK_CREATE = 5, 28
BPF_PROG_TYPE_XDP, BPF_XDP = 6, 37
XDP_FLAGS = {"generic": 2, "native": 4}
AF_XDP, SOL_XDP, XDP_COPY = 44, 283, 2
XDP_RX_RING, XDP_UMEM_REG, XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING = 2, 4, 5, 6


def checked(result, what):
    if result < 0:
        sys.exit(f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def bpf(command, attributes, what):
    block = ctypes.create_string_buffer(attributes, 128)
    return checked(libc.syscall(SYS_BPF, command, block, len(block)), what)


def program(device, mode):
    # r0 = XDP_PASS; exit
    code = ctypes.create_string_buffer(struct.pack("<BBhiBBhi", 0xB7, 0, 0, 2, 0x95, 0, 0, 0))
    licence = ctypes.create_string_buffer(b"GPL")
    load = struct.pack("<IIQQ", BPF_PROG_TYPE_XDP, 2, ctypes.addressof(code), ctypes.addressof(licence))
    loaded = bpf(BPF_PROG_LOAD, load, "BPF_PROG_LOAD")
    attach = struct.pack("<IIII", loaded, socket.if_nametoindex(device), BPF_XDP, XDP_FLAGS[mode])
    return bpf(BPF_LINK_CREATE, attach, "BPF_LINK_CREATE")


def bound_socket(device, queue):
    frames, size = 64, 2048
    memory = mmap.mmap(-1, frames * size)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    xdp = socket.socket(AF_XDP, socket.SOCK_RAW)
    xdp.setsockopt(SOL_XDP, XDP_UMEM_REG, struct.pack("<QQIII4x", address, frames * size, size, 0, 0))
    for ring in (XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING):
        xdp.setsockopt(SOL_XDP, ring, struct.pack("<I", frames))
    where = struct.pack("<HHIII", AF_XDP, XDP_COPY, socket.if_nametoindex(device), int(queue), 0)
    checked(libc.bind(xdp.fileno(), where, len(where)), "bind")
    return xdp, memory


held = {"program": program, "socket": bound_socket}[sys.argv[1]](*sys.argv[2:])
print("ready", flush=True)
while True:
    time.sleep(60)
