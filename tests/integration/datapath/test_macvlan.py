"""On a macvlan, beside the device that it is on."""

import os

from market_data import order, tick
from veth import OverVeth
from worker import run


BACKENDS = ("udp", "packet", "af_xdp", "xdp")


class OnMacvlan(OverVeth):
    """Its address is 10.9.1.1; the device below has another one, and its own link address."""

    def setUp(self):
        super().setUp()
        run("ip", "link", "add", "link", "w0", "name", "m0", "type", "macvlan", "mode", "bridge")
        self.addCleanup(run, "ip", "link", "delete", "m0")
        run("ip", "address", "add", "10.9.1.1/24", "dev", "m0")
        run("ip", "link", "set", "m0", "up")
        self.peer.run("ip", "address", "add", "10.9.1.2/24", "dev", "p0")
        self.addCleanup(self.peer.run, "ip", "address", "delete", "10.9.1.2/24", "dev", "p0")
        self.addCleanup(self.ignore_arp, 0)
        self.peer.run("ethtool", "-K", "p0", "tx", "off")

    def ignore_arp(self, value):
        with open("/proc/sys/net/ipv4/conf/w0/arp_ignore", "w") as file:
            file.write(str(value))

    def start(self, *words):
        return self.worker("--interface", "m0", "--listen", "10.9.1.1:8080", "--enabled", "1", *words)

    def test_who_goes_past_the_stack_is_refused_where_the_device_below_answers_for_it(self):
        for backend in BACKENDS[1:]:
            self.assertRaisesRegex(RuntimeError, "10.9.1.1:8080: w0, below m0, answers ARP for it, too.*w0.arp_ignore = 1",
                                   self.start, "--backend", backend)
        for backend, told in (("auto", "^udp; xdp: 10.9.1.1:8080: w0, below m0, answers ARP"), ("udp", "^udp; w0, below m0, answers ARP")):
            worker = self.start("--backend", backend, "--checksums", "trust")
            self.assertRegex(worker.report()["backend"], told)
            self.assertEqual(worker.stop(), 0)

    def test_a_group_and_ipv6_need_nobody_to_ask_for_them(self):
        run("ip", "address", "add", "fd0a::1/64", "dev", "m0", "nodad")
        for listen in ("239.1.1.1:8080", "[fd0a::1]:8080"):
            respond = ("--respond", "10.9.1.2:9999") if listen.startswith("239") else ()
            worker = self.worker("--interface", "m0", "--backend", "packet", "--listen", listen, *respond)
            self.assertNotIn("ARP", worker.report()["backend"])
            self.assertEqual(worker.stop(), 0)

    def test_every_backend_answers_once_the_device_below_does_not(self):
        self.ignore_arp(1)
        for backend in BACKENDS:
            with self.subTest(backend):
                self.peer.run("ip", "neighbour", "flush", "dev", "p0")
                worker = self.start("--backend", backend, "--cpus", str(min(os.sched_getaffinity(0))))
                client = self.client("10.9.1.2")
                answer = self.until_answered(client, lambda: client.sendto(tick(), ("10.9.1.1", 8080)))
                self.assertEqual(answer, (order(), ("10.9.1.1", 8080)))
                self.assertNotIn("ARP", worker.report()["backend"])
                self.assertEqual(worker.stop(), 0)
