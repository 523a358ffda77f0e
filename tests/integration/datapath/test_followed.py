"""TCP connections of others."""

import signal
import socket
import subprocess
import time

from frames import RST, SYN, flipped, segment
from market_data import order, tick
from one_link import OURS, THEIRS, until_usable
from taken_off import TakenOff
from veth import OverVeth
from worker import PATIENCE, received, run


class Followed:
    """TCP connections that the kernel has, and what comes in of them."""

    def start(self, *words, own="10.9.0.1", there="10.9.0.2", family=socket.AF_INET):
        self.orders = self.client(there, family)
        text = "[%s]:%d" if family == socket.AF_INET6 else "%s:%d"
        return self.worker("--backend", self.BACKEND, "--protocol", "tcp", "--interface", "w0", "--listen", text % (own, 8080),
                           "--respond", text % (there, self.orders.getsockname()[1]), "--enabled", "1", *words)

    def connection(self, own="10.9.0.1", family=socket.AF_INET):
        """Both ends of one that the kernel has."""
        server = socket.create_server((own, 8080), family=family)
        self.addCleanup(server.close)
        server.settimeout(PATIENCE)
        client = self.peer.socket(family, socket.SOCK_STREAM)
        self.addCleanup(client.close)
        client.settimeout(PATIENCE)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.connect((own, 8080))
        here, _ = server.accept()
        self.addCleanup(here.close)
        here.settimeout(PATIENCE)
        return client, here

    def established(self, wire, port, first=99):
        wire.send(segment(sequence=first, flags=SYN, source_port=port))
        wire.send(segment(sequence=first + 1, source_port=port))

    def test_a_connection_of_the_kernels_is_heard_and_left_alone(self):
        worker = self.start()
        client, here = self.connection()
        stream = b"".join(tick(9000 + number, number) for number in range(100))
        for cut in (7, 24, 61, len(stream)):  # the last one comes in one piece, larger than the MTU
            for at in range(0, len(stream), cut):
                client.send(stream[at:at + cut])
            for number in range(100):
                self.assertEqual(self.orders.recvfrom(100), (order(9000 + number, number), ("10.9.0.1", 8080)))
            self.assertEqual(received(here, len(stream)), stream)
        here.send(b"and back")
        self.assertEqual(client.recv(100), b"and back")
        report = worker.until_received(400)
        self.assert_adds_up(report, 400)
        self.assertEqual(report["connections active"], "1")
        client.close()
        deadline = time.monotonic() + PATIENCE
        while worker.report()["connections closed"] != "1" and time.monotonic() < deadline:
            time.sleep(0.05)
        report = worker.report()
        self.assertEqual([report["connections " + name] for name in ("active", "opened", "closed")], ["0", "1", "1"])
        self.assertEqual([report[name] for name in ("segments behind a gap", "segments out of state")], ["0", "0"])

    def test_ipv6_is_followed_too(self):
        self.start(own="fd09::1", there="fd09::2", family=socket.AF_INET6)
        client, _ = self.connection("fd09::1", socket.AF_INET6)
        client.send(tick())
        self.assertEqual(self.orders.recv(100), order())

    def test_orders_reach_an_address_of_one_link(self):
        until_usable(OURS)
        listening = self.peer.socket(socket.AF_INET6, socket.SOCK_STREAM)
        self.addCleanup(listening.close)
        listening.bind(("::", 0))
        listening.listen()
        listening.settimeout(PATIENCE)
        for by in ("udp", "tcp"):
            to = self.client("::", socket.AF_INET6)
            worker = self.worker(
                "--backend", self.BACKEND, "--protocol", "tcp", "--interface", "w0", "--listen", "[%s]:8080" % OURS, "--enabled",
                "1", "--respond-by", by, "--respond",
                "[%s]:%d" % (THEIRS, (listening if by == "tcp" else to).getsockname()[1]))
            if by == "tcp":
                to, _ = listening.accept()
                self.addCleanup(to.close)
                to.settimeout(PATIENCE)
            with socket.create_server((OURS, 8080, 0, socket.if_nametoindex("w0")), family=socket.AF_INET6), \
                    self.peer.socket(socket.AF_INET6, socket.SOCK_STREAM) as client:
                client.connect((OURS, 8080, 0, self.peer.index()))
                client.send(tick())
                self.assertEqual(received(to, len(order())) if by == "tcp" else to.recv(100), order())
            worker.stop()

    def test_gaps_duplicates_and_what_no_connection_sends_are_counted(self):
        worker = self.start()
        wire = self.wire()
        self.established(wire, 5000)
        wire.send(segment(tick(1), 100))
        wire.send(segment(tick(1), 100))  # again
        wire.send(segment(tick(3), 148))  # behind a gap of one message
        wire.send(segment(tick(2), 124))  # too late for it
        wire.send(segment(flags=SYN, sequence=7000))  # within a connection
        wire.send(segment(flags=RST, sequence=101))  # not the very next thing
        wire.send(flipped(segment(tick(4), 172), 60))
        wire.send(segment(tick(4), 172, source_port=5001))  # nobody saw it begin
        wire.send(segment(tick(4), 172))
        for number in (1, 3, 4):
            self.assertEqual(self.orders.recv(100), order(number))
        report = worker.until_received(5)
        self.assert_adds_up(report, 5)
        self.assertEqual([report[name] for name in ("unknown connection", "transport checksum", "errors")], ["1", "1", "2"])
        self.assertEqual([report[name] for name in ("segments behind a gap", "bytes missed", "segments duplicate",
                                                    "segments out of state")], ["1", "24", "2", "2"])

    def test_syns_alone_push_out_nobody(self):
        worker = self.start("--connections", "8")
        wire = self.wire()
        for port in (1, 2, 3):
            self.established(wire, port)
        for number in range(3000):
            wire.send(segment(flags=SYN, sequence=number, source_port=100 + number))
        deadline = time.monotonic() + PATIENCE
        report = worker.report()
        while (int(report["segments followed"]) + int(report["dropped before a worker"]) < 3006
               and time.monotonic() < deadline):
            time.sleep(0.05)
            report = worker.report()
        for port in (1, 2, 3):
            wire.send(segment(tick(port), 100, source_port=port))
            self.assertEqual(self.orders.recv(100), order(port))
        self.assertEqual(report["connections active"], "8")
        self.assertGreater(int(report["connections evicted"]), 100)

    def test_where_nobody_makes_room_new_ones_are_refused(self):
        worker = self.start("--connections", "2", "--when-full", "refuse")
        wire = self.wire()
        for port in (1, 2, 3):
            self.established(wire, port)
        wire.send(segment(tick(2), 100, source_port=2))
        self.assertEqual(self.orders.recv(100), order(2))
        report = worker.report()
        self.assertEqual([report["connections " + name] for name in ("active", "refused", "evicted")], ["2", "1", "0"])

    def test_several_workers_share_connections_and_each_keeps_to_one(self):
        worker = self.start("--cpus", "0-1")
        wire = self.wire()
        for port in range(100, 124):
            self.established(wire, port)
        for number in range(3):
            for port in range(100, 124):
                wire.send(segment(tick(number), 100 + 24 * number, source_port=port))
                self.assertEqual(self.orders.recv(100), order(number))
        report = worker.until_received(72)
        self.assert_adds_up(report, 72)
        self.assert_workers_add_up(report, 2)
        self.assertEqual([report["connections active"], report["segments out of state"]], ["24", "0"])


class FollowedByPacket(Followed, OverVeth):
    BACKEND = "packet"


class FollowedByXdp(TakenOff, Followed, OverVeth):
    BACKEND = "xdp"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.peer.run("ethtool", "-K", "p0", "tx", "off")  # checksums that no device would finish

    def test_the_driver_runs_the_program_as_long_as_the_worker_lives(self):
        def is_there():
            shown = subprocess.run(["ip", "link", "show", "w0"], check=True, capture_output=True, text=True).stdout
            return "prog/xdp" in shown
        worker = self.start()
        self.assertEqual(worker.report()["backend"], "xdp, native, following TCP connections of others")
        self.assertTrue(is_there())
        worker.stop(signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while is_there() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(is_there())

    def test_a_device_with_larger_frames_is_an_error(self):
        run("ip", "link", "set", "w0", "mtu", "1600")
        self.addCleanup(run, "ip", "link", "set", "w0", "mtu", "1500")
        with self.assertRaisesRegex(RuntimeError, "w0: the XDP program takes frames of MTU 1500 at most, and it has 1600"):
            self.start()
