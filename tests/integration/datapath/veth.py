"""A worker at one end of a veth pair, and its peer at the other, in a network namespace of its own."""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import time

from frames import LINK, OWN
from worker import Case, PATIENCE, run


class Peer:
    """A network namespace at the other end of a veth pair: 10.9.0.2 there, 10.9.0.1 on w0 here."""

    LINK, OWN = LINK, OWN

    def __init__(self, queues):
        several = ("numrxqueues", str(queues), "numtxqueues", str(queues))
        self.keeper = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        here = os.stat("/proc/self/ns/net").st_ino
        while os.stat("/proc/%d/ns/net" % self.keeper.pid).st_ino == here:
            time.sleep(0.01)
        run("ip", "link", "add", "w0", "address", self.OWN, *several, "type", "veth", "peer", "name", "p0", "address", self.LINK,
            *several)
        run("ip", "link", "set", "p0", "netns", str(self.keeper.pid))
        run("ip", "address", "add", "10.9.0.1/24", "dev", "w0")
        run("ip", "address", "add", "fd09::1/64", "dev", "w0", "nodad")
        run("ip", "link", "set", "w0", "up")
        self.run("ip", "address", "add", "10.9.0.2/24", "dev", "p0")
        self.run("ip", "address", "add", "fd09::2/64", "dev", "p0", "nodad")
        self.run("ip", "link", "set", "p0", "up")
        self.run("ip", "link", "set", "lo", "up")

    def run(self, *words):
        run("nsenter", "--net=/proc/%d/ns/net" % self.keeper.pid, *words)

    def index(self):
        """The number of p0 there."""
        one = self.socket(socket.AF_PACKET, socket.SOCK_RAW)
        with one:
            one.bind(("p0", 0))
            request = struct.pack("16si12x", b"p0", 0)
            return struct.unpack_from("i", fcntl.ioctl(one, 0x8933, request), 16)[0]  # SIOCGIFINDEX

    def socket(self, *kind):
        """A socket that belongs to the other end."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/self/ns/net") as here, open("/proc/%d/ns/net" % self.keeper.pid) as there:
            assert libc.setns(there.fileno(), 0) == 0
            try:
                return socket.socket(*kind)
            finally:
                assert libc.setns(here.fileno(), 0) == 0

    def end(self):
        run("ip", "link", "delete", "w0")
        self.keeper.kill()
        self.keeper.wait()


class OverVeth(Case):
    QUEUES = 1

    @classmethod
    def setUpClass(cls):
        cls.peer = Peer(cls.QUEUES)

    @classmethod
    def tearDownClass(cls):
        cls.peer.end()

    def setUp(self):
        super().setUp()
        # Both ends learn each other's link address: the first packet of a stranger is not answered.
        own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        for one in own:
            self.addCleanup(one.close)
        self.client().sendto(b"x", ("10.9.0.1", 1))
        self.client("fd09::2", socket.AF_INET6).sendto(b"x", ("fd09::1", 1))
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            own[0].sendto(b"x", ("10.9.0.2", 1))  # the peer need not ask, and an answer to it may be one too many (ICMP)
            own[1].sendto(b"x", ("fd09::2", 1))
            known = subprocess.run(["ip", "neighbour", "show", "dev", "w0"], check=True, capture_output=True, text=True)
            if all(address in known.stdout for address in ("10.9.0.2 lladdr", "fd09::2 lladdr")):
                break
            time.sleep(0.02)

    def client(self, address="10.9.0.2", family=socket.AF_INET):
        client = self.peer.socket(family, socket.SOCK_DGRAM)
        client.bind((address, 0))
        client.settimeout(PATIENCE)
        self.addCleanup(client.close)
        return client

    def wire(self):
        """The peer's device, frame by frame."""
        wire = self.peer.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
        wire.bind(("p0", 0x0800))
        wire.settimeout(PATIENCE)
        self.addCleanup(wire.close)
        return wire

    def until_answered(self, orders, send):
        """The first answer and its sender: the way to the receiver may be known a moment later."""
        orders.settimeout(0.1)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            send()
            try:
                return orders.recvfrom(100)
            except TimeoutError:
                pass
        return None
