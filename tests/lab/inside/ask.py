#!/usr/bin/env python3
"""Asks a datapath until each of several senders has had its order for each tick, and says how many that were. One that is
wrong, or none, is an error: nothing here comes from the code under test.

    ask.py [OPTION]... ADDRESS PORT SENDERS TICKS

    --tcp                      each sender has a connection
    --from ADDRESS             a group is asked from there
    --orders-to ADDRESS PORT   all orders come there, not back to the sender
    --dearer N --quantity N    what is ordered: at so much more than the tick's price, so many
"""

import argparse
import socket
import struct
import sys
import time

ORDER_SIZE = 41
words = argparse.ArgumentParser()
words.add_argument("--tcp", action="store_true")
words.add_argument("--from", dest="origin")
words.add_argument("--orders-to", nargs=2)
words.add_argument("--dearer", type=int, default=1)
words.add_argument("--quantity", type=int, default=100)
words.add_argument("address")
for number in ("port", "senders", "ticks"):
    words.add_argument(number, type=int)
asked = words.parse_args()
deadline = time.monotonic() + 60  # a link may have to come up


def connected():
    if not asked.tcp:
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        if asked.origin:
            client.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(asked.origin))
        client.connect((asked.address, asked.port))
        return client
    while True:
        try:
            return socket.create_connection((asked.address, asked.port), 1)
        except OSError:
            if time.monotonic() > deadline:
                raise


def received(source):
    """An order, from wherever they come."""
    data = source.recv(ORDER_SIZE)
    while data and len(data) < ORDER_SIZE and source.type == socket.SOCK_STREAM:
        data += source.recv(ORDER_SIZE - len(data))
    return data


everybody = None
if asked.orders_to:
    everybody = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    everybody.bind((asked.orders_to[0], int(asked.orders_to[1])))
answered = 0
for _ in range(asked.senders):
    client = connected()
    source = everybody or client
    source.settimeout(0.5)
    for stamp in range(asked.ticks):
        tick = b"LAB     " + struct.pack("<IIQ", 5000 + stamp, 1, stamp)
        order = (b"LAB     " + struct.pack("<IIBQ", 5000 + stamp + asked.dearer, asked.quantity, 0, stamp) +
                 (b"ORD%d" % stamp).ljust(16, b"\0"))
        found = None
        while found != order:
            if time.monotonic() > deadline:
                sys.exit(f"{asked.address}: no order for tick {stamp} after {answered} others; the last that came is {found}")
            try:
                client.send(tick)
                found = received(source)
            except (TimeoutError, ConnectionRefusedError):
                pass
        answered += 1
print(answered)
