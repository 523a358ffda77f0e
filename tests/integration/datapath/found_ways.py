"""Ways to receivers and senders that the kernel finds out, so that the worker knows them."""

import subprocess
import time

from frames import frame
from market_data import order, tick
from veth import Peer
from worker import PATIENCE, run


class FoundWays:
    """Of every backend that goes past the kernel's stack."""

    def test_the_way_to_a_receiver_is_asked_for_at_the_start(self):
        self.peer.run("ip", "address", "add", "10.9.0.9/24", "dev", "p0")
        self.addCleanup(self.peer.run, "ip", "address", "delete", "10.9.0.9/24", "dev", "p0")
        run("ip", "neighbour", "flush", "to", "10.9.0.9", "dev", "w0")
        orders, wire = self.client("10.9.0.9"), self.wire()  # neither says a word itself
        self.start("--enabled", "1", "--respond", "10.9.0.9:%d" % orders.getsockname()[1])
        deadline = time.monotonic() + PATIENCE
        known = ""
        while "lladdr" not in known and time.monotonic() < deadline:
            known = subprocess.run(["ip", "neighbour", "show", "to", "10.9.0.9", "dev", "w0"], check=True, capture_output=True,
                                   text=True).stdout
        self.assertIn("lladdr " + Peer.LINK, known)
        self.assertEqual(self.until_answered(orders, lambda: wire.send(frame(tick()))), (order(), ("10.9.0.1", 8080)))

    def test_a_receiver_is_found_again_after_its_way_was_lost(self):
        orders, wire = self.client(), self.wire()
        self.start("--enabled", "1", "--respond", "10.9.0.2:%d" % orders.getsockname()[1])
        wire.send(frame(tick()))
        self.assertEqual(orders.recv(100), order())
        self.peer.run("ip", "neighbour", "replace", "10.9.0.1", "lladdr", Peer.OWN, "dev", "p0")  # so that it never asks
        self.addCleanup(self.peer.run, "ip", "neighbour", "delete", "10.9.0.1", "dev", "p0")
        run("ip", "neighbour", "flush", "to", "10.9.0.2", "dev", "w0")
        deadline = time.monotonic() + PATIENCE
        known = ""
        while "lladdr" not in known and time.monotonic() < deadline:
            known = subprocess.run(["ip", "neighbour", "show", "to", "10.9.0.2", "dev", "w0"], check=True, capture_output=True,
                                   text=True).stdout
            time.sleep(0.05)
        self.assertIn("lladdr " + Peer.LINK, known)
        self.assertEqual(self.until_answered(orders, lambda: wire.send(frame(tick(9000)))),
                         (order(9000), ("10.9.0.1", 8080)))

    def test_a_sender_is_found_again_after_its_way_was_lost(self):
        client = self.client()
        worker = self.start("--enabled", "1")
        client.sendto(tick(), ("10.9.0.1", 8080))
        self.assertEqual(client.recv(100), order())
        self.peer.run("ip", "neighbour", "replace", "10.9.0.1", "lladdr", Peer.OWN, "dev", "p0")  # so that it never asks
        self.addCleanup(self.peer.run, "ip", "neighbour", "delete", "10.9.0.1", "dev", "p0")
        worker.tell("disarm")
        run("ip", "neighbour", "flush", "to", "10.9.0.2", "dev", "w0")
        for _ in range(10):
            client.sendto(tick(9000), ("10.9.0.1", 8080))
            time.sleep(0.05)
        known = subprocess.run(["ip", "neighbour", "show", "to", "10.9.0.2"], check=True, capture_output=True, text=True).stdout
        self.assertNotIn("lladdr", known)  # who is not armed sends nothing to strangers
        worker.tell("arm")
        self.assertEqual(self.until_answered(client, lambda: client.sendto(tick(9000), ("10.9.0.1", 8080))),
                         (order(9000), ("10.9.0.1", 8080)))
