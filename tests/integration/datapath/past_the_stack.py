"""What every backend that goes past the kernel's stack does."""

import re
import signal
import socket
import subprocess
import threading
import time

from found_ways import FoundWays
from frames import flipped, frame, mac
from market_data import order, tick
from one_link import OneLink
from veth import Peer
from worker import PATIENCE, run


class PastTheStack(FoundWays, OneLink):
    """What every backend that goes past the kernel's stack does."""

    def start(self, *words, listen="10.9.0.1:8080"):
        return self.worker("--backend", self.BACKEND, "--interface", "w0", "--listen", listen, *words)

    def test_every_tick_below_the_price_is_answered_with_its_order(self):
        worker = self.start("--enabled", "1")
        client = self.client()
        for number in range(200):
            price = 9900 + number
            client.sendto(tick(price, number), ("10.9.0.1", 8080))
            if price < 10000:
                answer, sender = client.recvfrom(100)
                self.assertEqual(answer, order(price, number))
                self.assertEqual(sender, ("10.9.0.1", 8080))
        report = worker.until_received(200)
        self.assert_adds_up(report, 200)
        self.assertEqual((report["answered"], report["declined"]), ("100", "100"))

    def test_ipv6_is_answered_too(self):
        self.start("--enabled", "1", listen="[fd09::1]:8080")
        client = self.client("fd09::2", socket.AF_INET6)
        client.sendto(tick(), ("fd09::1", 8080))
        self.assertEqual(client.recv(100), order())

    def test_a_group_is_joined_and_answered_from(self):
        orders, feed = self.client(), self.client()
        feed.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.9.0.2"))
        worker = self.start("--enabled", "1", "--respond", "10.9.0.2:%d" % orders.getsockname()[1], listen="239.1.1.1:8080")
        self.assertEqual(worker.report()["multicast group"], "joined")
        for number in range(20):
            feed.sendto(tick(number), ("239.1.1.1", 8080))
            self.assertEqual(orders.recvfrom(100), (order(number), ("10.9.0.1", 8080)))
        feed.sendto(tick(), ("239.1.1.2", 8080))
        other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # has the port of the address that orders come from
        self.addCleanup(other.close)
        other.bind(("10.9.0.1", 8080))
        other.settimeout(PATIENCE)
        feed.sendto(b"x" + tick(), ("10.9.0.1", 8080))
        self.assertEqual(other.recv(100), b"x" + tick())
        self.assert_adds_up(worker.until_received(20), 20)

    def test_answers_to_a_group_follow_the_devices_address(self):
        def give(address):
            run("ip", "address", "flush", "dev", "w0", "scope", "global")
            for one in (address, "fd09::1/64"):
                run("ip", "address", "add", one, "dev", "w0", "nodad")
        self.addCleanup(give, "10.9.0.1/24")
        orders, feed = self.client(), self.client()
        feed.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.9.0.2"))
        words = ("--enabled", "1", "--respond", "10.9.0.2:%d" % orders.getsockname()[1])
        worker = self.start(*words, listen="239.1.1.1:8080")
        run("ip", "address", "flush", "dev", "w0", "scope", "global")
        self.assertEqual(worker.process.wait(PATIENCE), 1)
        self.assertIn("w0: the address that orders came from has gone", worker.process.stderr.read())
        worker.stop()
        later = threading.Timer(0.5, give, ("10.9.0.8/24",))
        later.start()
        self.start(*words, "--patient", listen="239.1.1.1:8080")
        later.join()
        self.assertEqual(self.until_answered(orders, lambda: feed.sendto(tick(), ("239.1.1.1", 8080))),
                         (order(), ("10.9.0.8", 8080)))

    def test_one_that_worked_waits_for_its_address(self):
        self.addCleanup(run, "ip", "address", "del", "10.9.0.5/24", "dev", "w0")
        later = threading.Timer(0.5, run, ("ip", "address", "add", "10.9.0.5/24", "dev", "w0"))
        later.start()
        self.start("--patient", listen="10.9.0.5:8080")
        later.join()

    def test_the_kernel_answers_nothing_itself_and_keeps_all_that_is_not_ours(self):
        worker = self.start()
        client = self.client()
        client.connect(("10.9.0.1", 8080))
        client.send(tick())
        self.assertEqual(int(worker.until_received(1)["withheld"]), 1)
        client.setblocking(False)
        self.assertRaises(BlockingIOError, client.recv, 100)  # an ICMP error would be ConnectionRefusedError
        other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(other.close)
        other.bind(("10.9.0.1", 8081))
        other.settimeout(PATIENCE)
        self.client().sendto(b"to another port", ("10.9.0.1", 8081))
        self.assertEqual(other.recv(100), b"to another port")
        self.assertEqual(worker.count("received"), 1)

    def test_frames_in_error_are_counted_by_kind_and_not_answered(self):
        worker = self.start("--enabled", "1")
        wire = self.wire()
        good = frame(tick())
        sent = {
            "transport checksum": [flipped(good, byte) for byte in range(42, 66)],
            "length": [good[:60], frame(tick())[:38] + b"\0\xff" + good[40:]],
            "short payload": [frame(tick()[:size]) for size in range(24)],
            "zero source": [frame(tick(), source_port=0)],
            "fragment": [frame(tick(), fragment=0x2000), frame(tick(), fragment=0x0003)],
            "options": [frame(tick(), options=b"\1\1\1\1")],
            "header checksum": [flipped(good, byte) for byte in (15, 18, 22, 24, 25)],
            "no next hop": [frame(tick(), source="10.9.0.77")] if self.ASKS_THE_WAY_TO_SENDERS else [],
        }
        for frames in sent.values():
            for one in frames:
                wire.send(one)
        wire.send(frame(tick(), tags=b"\x81\0\0\x64"))  # of another network
        wire.send(frame(tick(), port=8081))
        wire.send(good)
        for name in self.LEFT_TO_KERNEL:
            sent[name] = []
        count = sum(map(len, sent.values())) + 1
        report = worker.until_received(count)
        self.assert_adds_up(report, count)
        self.assertEqual(report["answered"], "1")
        for name, frames in sent.items():
            self.assertEqual((name, int(report[name])), (name, len(frames)))
        answer = wire.recv(2000)
        while answer[23] != 17:  # what the kernel says of the other port
            answer = wire.recv(2000)
        self.assertEqual(answer[:12], mac(Peer.LINK) + mac(Peer.OWN))
        self.assertEqual(answer[42:], order())

    def test_the_way_back_follows_the_kernels_routes_and_neighbours(self):
        run("ip", "neighbour", "replace", "10.9.0.3", "lladdr", "02:00:00:00:09:33", "dev", "w0")
        worker = self.start("--enabled", "1")
        wire = self.wire()
        far = frame(tick(), source="10.77.0.1")
        wire.send(far)
        self.assertEqual(int(worker.until_received(1)["no next hop"]), 1)
        run("ip", "route", "add", "10.77.0.0/16", "via", "10.9.0.3", "dev", "w0")
        self.assertEqual(self.answered_to(wire, far), "02:00:00:00:09:33")
        run("ip", "neighbour", "replace", "10.9.0.3", "lladdr", "02:00:00:00:09:44", "dev", "w0")
        self.assertEqual(self.answered_to(wire, far, not_to="02:00:00:00:09:33"), "02:00:00:00:09:44")
        run("ip", "route", "delete", "10.77.0.0/16")

    def test_a_device_with_another_link_address_ends_the_worker_which_says_so(self):
        worker = self.on_a_device_of_its_own()
        run("ip", "link", "set", "gone0", "address", "02:00:00:00:09:77")
        self.assertEqual(worker.process.wait(PATIENCE), 1)
        self.assertIn("gone0: its link address is 02:00:00:00:09:77 now, and was ", worker.process.stderr.read())
        worker.stop()

    def test_a_device_that_goes_away_ends_the_worker_which_says_so(self):
        worker = self.on_a_device_of_its_own()
        run("ip", "link", "delete", "gone0")
        self.assertEqual(worker.process.wait(PATIENCE), 1)
        self.assertIn("gone0: the device has gone", worker.process.stderr.read())
        worker.stop()

    def test_a_device_whose_name_another_one_gets_ends_the_worker_which_says_so(self):
        worker = self.on_a_device_of_its_own()
        run("ip", "link", "add", "next0", "type", "veth", "peer", "name", "next1")
        for name in ("old0", "next0"):
            self.addCleanup(subprocess.run, ["ip", "link", "delete", name], capture_output=True)
        for now, then in (("gone0", "old0"), ("next0", "gone0")):
            worker.until_it_has_looked()
            self.assertIsNone(worker.process.poll(), "a new name is nothing to it")
            run("ip", "link", "set", now, "down")
            run("ip", "link", "set", now, "name", then)
        self.assertEqual(worker.process.wait(PATIENCE), 1)
        self.assertIn("gone0: another device is called so by now, and this one old0", worker.process.stderr.read())
        worker.stop()

    def on_a_device_of_its_own(self):
        run("ip", "link", "add", "gone0", "type", "veth", "peer", "name", "gone1")
        self.addCleanup(subprocess.run, ["ip", "link", "delete", "gone0"], capture_output=True)
        run("ip", "address", "add", "10.10.0.1/24", "dev", "gone0")
        for name in ("gone0", "gone1"):
            run("ip", "link", "set", name, "up")
        return self.worker("--backend", self.BACKEND, "--interface", "gone0", "--listen", "10.10.0.1:8080")

    def answered_to(self, wire, one, not_to=""):
        """The link address that the answer goes to, once one comes to another than `not_to`."""
        wire.settimeout(0.1)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            wire.send(one)
            try:
                found = ":".join("%02x" % byte for byte in wire.recv(2000)[:6])
            except TimeoutError:
                continue
            if found != not_to:
                return found
        return None

    def test_many_at_once_are_all_answered(self):
        worker = self.start("--enabled", "1")
        client = self.client()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        for _ in range(20):
            for _ in range(100):
                client.sendto(tick(), ("10.9.0.1", 8080))
            for _ in range(100):
                self.assertEqual(client.recv(100), order())
        report = worker.until_received(2000)
        self.assert_adds_up(report, 2000)
        self.assertEqual(report["answered"], "2000")

    def test_one_that_was_killed_leaves_nothing_behind(self):
        before = self.traces()
        worker = self.start()
        self.assertNotEqual(self.traces(), before)
        worker.stop(signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while self.traces() != before and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(self.traces(), before)
        self.start("--enabled", "1")
        client = self.client()
        client.sendto(tick(), ("10.9.0.1", 8080))
        self.assertEqual(client.recv(100), order())

    def test_an_address_that_is_not_this_hosts_is_an_error(self):
        with self.assertRaisesRegex(RuntimeError, "bind the UDP socket: Cannot assign requested address"):
            self.start(listen="10.9.0.99:8080")

    def test_checksums_are_trusted_where_that_is_told(self):
        worker, wire = self.start("--enabled", "1", "--checksums", "trust"), self.wire()
        good = frame(tick())
        wrong = [flipped(good, byte) for byte in (24, 40, 41)]  # in the checksums themselves
        for one in wrong:
            wire.send(one)
        wire.send(frame(tick()[:10]))  # lengths are not trusted
        report = worker.until_received(4)
        self.assert_adds_up(report, 4)
        self.assertEqual((report["answered"], report["short payload"]), ("3", "1"))

    def test_what_is_this_hosts_own_is_refused(self):
        for listen, receivers in (("10.9.0.1:8080", ("10.9.0.1:9999", "127.0.0.7:9999")),
                                  ("[fd09::1]:8080", ("[fd09::1]:9999", "[::1]:9999"))):
            for receiver in receivers:
                with self.assertRaisesRegex(RuntimeError, re.escape("respond %s: it is this host's own" % receiver)):
                    self.start("--respond", receiver, listen=listen)
        with self.assertRaisesRegex(RuntimeError, "nothing for a loopback address comes on w0"):
            self.start(listen="127.0.0.1:8080")

    def test_a_device_that_is_not_there_or_not_ethernet_is_an_error(self):
        with self.assertRaisesRegex(RuntimeError, "look for w9: No such device"):
            self.worker("--backend", self.BACKEND, "--interface", "w9", "--listen", "10.9.0.1:8080")
        with self.assertRaisesRegex(RuntimeError, "lo: it is not Ethernet"):
            self.worker("--backend", self.BACKEND, "--interface", "lo", "--listen", "127.0.0.1:8080")
