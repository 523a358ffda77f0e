"""Groups: joined, verified, left."""

import os
import signal
import socket
import subprocess
import threading
import time

from market_data import order, tick
from veth import OverVeth
from worker import PATIENCE, WORKER, run


class Multicast(OverVeth):
    GROUP, GROUP6 = "239.1.1.1", "ff15::7"

    def feed(self, group=GROUP, source="10.9.0.2"):
        feed = self.client(source)
        feed.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.9.0.2"))
        return lambda data: feed.sendto(data, (group, 8080))

    def start(self, backend, *words, receiver=None):
        self.orders = self.client()
        where = receiver or "10.9.0.2:%d" % self.orders.getsockname()[1]
        return self.worker("--backend", backend, "--interface", "w0", "--listen", self.GROUP + ":8080", "--enabled", "1",
                           "--respond", where, *words)

    def joined(self):
        with open("/proc/net/igmp") as file:
            return "010101EF" in file.read()

    def assert_left(self):
        deadline = time.monotonic() + PATIENCE
        while self.joined() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(self.joined())

    def test_a_group_is_joined_answered_from_and_left(self):
        for backend in ("udp", "packet"):
            self.assertFalse(self.joined())
            worker = self.start(backend)
            self.assertTrue(self.joined())
            report = worker.report()
            self.assertIn("joined on w0", report["backend"])
            self.assertEqual(report["multicast group"], "joined")
            self.assertEqual(report["multicast filter of the device"], "none (it is no hardware, and takes everything)")
            send = self.feed()
            for number in range(20):
                send(tick(number))
                self.assertEqual(self.orders.recv(100), order(number))
            self.feed("239.1.1.2")(tick())  # another group
            self.assert_adds_up(worker.until_received(20), 20)
            worker.stop()
            self.assert_left()

    def test_one_that_was_killed_leaves_the_group(self):
        worker = self.start("packet")
        worker.stop(signal.SIGKILL)
        self.assert_left()

    def test_only_the_source_that_is_named_is_heard(self):
        self.peer.run("ip", "address", "add", "10.9.0.7/24", "dev", "p0")
        self.addCleanup(self.peer.run, "ip", "address", "del", "10.9.0.7/24", "dev", "p0")
        for backend in ("udp", "packet"):
            worker = self.start(backend, "--source", "10.9.0.7")
            self.assertEqual(worker.report()["multicast group"], "joined")
            with open("/proc/net/mcfilter") as file:
                self.assertRegex(file.read(), "0xef010101 0x0a090007 +1 +0")
            self.feed()(tick(1))
            self.feed(source="10.9.0.7")(tick(2))
            self.assertEqual(self.orders.recv(100), order(2))
            self.assertEqual(worker.until_received(1)["received"], "1")
            worker.stop()
            with open("/proc/net/mcfilter") as file:
                self.assertNotIn("0xef010101", file.read())
        with self.assertRaisesRegex(RuntimeError, "source 10.9.0.7: backend packet and udp"):
            self.start("xdp", "--source", "10.9.0.7")

    def test_a_device_that_takes_everything_is_said_to(self):
        worker = self.start("udp")
        for switch, said in (("allmulticast", "all-multicast"), ("promisc", "promiscuous")):
            run("ip", "link", "set", "w0", switch, "on")
            self.addCleanup(run, "ip", "link", "set", "w0", switch, "off")
            deadline = time.monotonic() + PATIENCE
            while worker.report()["multicast filter of the device"] != said and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertEqual(worker.report()["multicast filter of the device"], said)

    def test_ipv6_groups_are_joined_and_left_too(self):
        receiver = self.client("fd09::2", socket.AF_INET6)
        feed = self.client("fd09::2", socket.AF_INET6)
        feed.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, self.peer.index())
        for backend in ("udp", "packet"):
            worker = self.worker("--backend", backend, "--interface", "w0", "--listen", "[%s]:8080" % self.GROUP6,
                                 "--enabled", "1", "--respond", "[fd09::2]:%d" % receiver.getsockname()[1])
            self.assertEqual(worker.report()["multicast group"], "joined")
            feed.sendto(tick(), (self.GROUP6, 8080))
            self.assertEqual(receiver.recv(100), order())
            worker.stop()

    def test_what_came_past_the_kernel_waits_for_its_address_and_stays_there(self):
        words = ("--resume", "--interface", "w0", "--listen", self.GROUP + ":8080", "--respond", "10.9.0.2:9000", "--backend",
                 "auto")
        worker = self.worker(*words)
        self.assertTrue(worker.report()["backend"].startswith("packet"), worker.report()["backend"])
        self.addCleanup(run, "ip", "address", "replace", "10.9.0.1/24", "dev", "w0")
        for _ in range(2):  # what the first of them waits for, and does not get, the second still knows
            run("ip", "address", "del", "10.9.0.1/24", "dev", "w0")
            self.assertEqual(worker.process.wait(PATIENCE), 1)
            worker.stop()
            waiting = subprocess.Popen([WORKER, "run", "--shared", worker.shared, "--patient", *words], stdout=subprocess.DEVNULL)
            self.addCleanup(waiting.kill)
            deadline = time.monotonic() + PATIENCE
            while "waits" not in worker.report()["backend"] and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertEqual(worker.report()["backend"], "packet: waits until w0 has an address that orders could come from")
            waiting.kill()
            waiting.wait()
            later = threading.Timer(0.5, run, ("ip", "address", "add", "10.9.0.1/24", "dev", "w0"))
            later.start()
            worker = self.worker("--patient", *words)
            later.join()
            self.assertTrue(worker.report()["backend"].startswith("packet"), worker.report()["backend"])
        worker.stop()

    def test_what_was_ended_as_it_waited_for_its_device_came_past_nothing(self):
        words = ("--resume", "--patient", "--interface", "late0", "--listen", self.GROUP + ":8080", "--respond", "10.9.0.2:9000",
                 "--backend", "auto")
        shared = os.path.join(self.folder.name, "shared")
        waiting = subprocess.Popen([WORKER, "run", "--shared", shared, *words], stdout=subprocess.DEVNULL)
        self.addCleanup(waiting.kill)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            told = subprocess.run([WORKER, "report", shared], capture_output=True, text=True).stdout
            if "backend: waits until late0 is there and up\n" in told:
                break
            time.sleep(0.02)
        self.assertIn("backend: waits until late0 is there and up\n", told)
        waiting.kill()
        waiting.wait()
        run("ip", "link", "add", "late0", "type", "veth", "peer", "name", "late1")
        self.addCleanup(run, "ip", "link", "delete", "late0")
        run("ip", "link", "set", "late1", "up")
        run("ip", "link", "set", "late0", "up")
        # It needs none of late0's addresses, as the kernel has others.
        late = threading.Timer(PATIENCE, run, ("ip", "address", "add", "10.9.5.1/24", "dev", "late0"))
        late.start()
        self.addCleanup(late.cancel)
        self.assertRegex(self.worker(*words).report()["backend"], "^udp;")

    def test_orders_need_a_receiver(self):
        with self.assertRaisesRegex(RuntimeError, "orders need a receiver"):
            self.worker("--backend", "udp", "--interface", "w0", "--listen", self.GROUP + ":8080")
