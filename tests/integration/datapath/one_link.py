"""Addresses of one link, which each device has some of."""

import socket
import subprocess
import time

from market_data import order, tick
from worker import PATIENCE, run

OURS, THEIRS = "fe80::ff:fe00:901", "fe80::ff:fe00:902"  # of w0 and p0, by their link addresses


def until_usable(address):
    """No other host has it: the kernel asks for a moment."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        shown = subprocess.run(["ip", "-6", "address", "show", "dev", "w0"], check=True, capture_output=True, text=True).stdout
        if address in shown and "tentative" not in shown:
            return
        time.sleep(0.05)
    raise AssertionError("%s stays unusable: %s" % (address, shown))


def bind_once_usable(client, address):
    """The same of the other end's address, in its namespace."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            client.bind(address)
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


class OneLink:
    """Of every backend that goes past the kernel's stack."""

    def test_addresses_of_one_link_are_listened_to_and_answered(self):
        until_usable(OURS)
        run("ip", "link", "add", "other0", "type", "veth", "peer", "name", "other1")
        self.addCleanup(run, "ip", "link", "delete", "other0")
        run("ip", "-6", "address", "add", THEIRS, "dev", "other0", "nodad")  # as the receiver's on w0's link
        run("ip", "link", "set", "other0", "up")
        run("ip", "-6", "route", "add", "fe80::/64", "dev", "other0", "metric", "1")  # no way on w0's link
        client = self.client("::", socket.AF_INET6)
        for receiver in ((), ("--respond", "[%s]:%d" % (THEIRS, client.getsockname()[1]))):
            worker = self.start("--enabled", "1", *receiver, listen="[%s]:8080" % OURS)
            answer, sender = self.until_answered(client, lambda: client.sendto(tick(), (OURS, 8080, 0, self.peer.index())))
            self.assertEqual((answer, sender[:2]), (order(), (OURS, 8080)))
            worker.stop()
