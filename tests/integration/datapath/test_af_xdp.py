"""AF_XDP sockets."""

import os
import subprocess
import time

from frames import frame
from market_data import order, tick
from past_the_stack import PastTheStack
from taken_off import TakenOff
from veth import OverVeth
from worker import HERE, PATIENCE, Worker, run

SLOW = r"""
#include <string.h>
#include <time.h>
#include <nanotune/strategy.h>

static void decide(void* state, const struct nanotune_limits* limits, const struct nanotune_tick* ticks,
                   struct nanotune_order* orders, uint32_t count) {
    const struct timespec moment = {.tv_sec = 3};
    (void)state;
    (void)limits;
    for (uint32_t at = 0; at < count; ++at) {
        if (memcmp(ticks[at].symbol, "SLOW", 4) == 0) {
            nanosleep(&moment, NULL);
        }
        orders[at] = (struct nanotune_order){.price = 1, .quantity = 1, .is_wanted = 1};
    }
}

const struct nanotune_strategy_calls nanotune_strategy = {
    .abi = NANOTUNE_STRATEGY_ABI, .size = sizeof(struct nanotune_strategy_calls), .name = "slow", .decide = decide};
"""


class AfXdpBackend(TakenOff, PastTheStack, OverVeth):
    BACKEND, LEFT_TO_KERNEL, ASKS_THE_WAY_TO_SENDERS = "af_xdp", ("fragment", "options"), True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.peer.run("ethtool", "-K", "p0", "tx", "off")  # checksums that no device would finish

    def traces(self):
        shown = subprocess.run(["ip", "link", "show", "w0"], check=True, capture_output=True, text=True).stdout
        return "prog/xdp" in shown

    def test_the_driver_hands_frames_over_itself(self):
        self.assertTrue(self.start().report()["backend"].startswith("af_xdp, native, copy"))

    def test_its_frames_are_in_huge_pages_where_some_are_free_and_it_is_said_where_not(self):
        with open("/proc/meminfo") as file:
            facts = dict(line.split(":") for line in file)
        free = int(facts["HugePages_Free"]) * int(facts["Hugepagesize"].split()[0])
        said = "no huge pages are free for its frames" in self.start().report()["backend"]
        self.assertEqual(said, free < 8 << 10)

    def test_another_xdp_program_is_left_alone(self):
        worker = self.start()
        with self.assertRaisesRegex(RuntimeError, "attach the XDP program to the driver: another one is on the device"):
            Worker(self.folder.name, "--backend", "af_xdp", "--interface", "w0", "--listen", "10.9.0.1:8082")
        self.assertTrue(self.traces())
        self.assertIsNone(worker.process.poll())

    def test_more_queues_than_are_served_are_an_error(self):
        run("ip", "link", "add", "w2", "numrxqueues", "2", "type", "veth", "peer", "name", "p2")
        self.addCleanup(run, "ip", "link", "delete", "w2")
        run("ethtool", "-L", "w2", "rx", "2")
        with self.assertRaisesRegex(RuntimeError, "w2: it receives on 2 queues, and 1 would be served"):
            self.worker("--backend", "af_xdp", "--interface", "w2", "--listen", "10.9.0.1:8080")

    def test_queues_that_nothing_is_sent_on_are_an_error(self):
        run("ip", "link", "add", "w2", "numrxqueues", "2", "type", "veth", "peer", "name", "p2")
        self.addCleanup(run, "ip", "link", "delete", "w2")
        run("ethtool", "-L", "w2", "rx", "2")
        with self.assertRaisesRegex(RuntimeError, "w2: it receives on 2 queues and sends on 1"):
            self.worker("--backend", "af_xdp", "--interface", "w2", "--listen", "10.9.0.1:8080", "--cpus", "0-1")

    def test_more_cpus_than_queues_are_said(self):
        self.assertIn("1 of 2 CPUs have a worker", self.start("--cpus", "0-1").report()["backend"])


class AfXdpOnTwoQueues(OverVeth):
    """The peer sends on the queue of the CPU that it sends from, and veth receives where it is sent."""

    QUEUES = 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.peer.run("ethtool", "-K", "p0", "tx", "off")

    def test_each_queue_has_a_worker(self):
        worker = self.worker("--backend", "af_xdp", "--interface", "w0", "--listen", "10.9.0.1:8080", "--enabled", "1",
                             "--cpus", "0-1")
        self.assertIn("2 workers", worker.report()["backend"])
        self.addCleanup(os.sched_setaffinity, 0, os.sched_getaffinity(0))
        for number in range(20):
            os.sched_setaffinity(0, {number % 2})
            client = self.client()
            for _ in range(2):
                client.sendto(tick(), ("10.9.0.1", 8080))
                self.assertEqual(client.recv(100), order())
        report = worker.until_received(40)
        self.assert_adds_up(report, 40)
        self.assert_workers_add_up(report, 2)
        self.assertEqual([report["worker %d, queue" % number] for number in (0, 1)], ["0", "1"])


class AfXdpWithoutLink(OverVeth):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.peer.run("ethtool", "-K", "p0", "tx", "off")

    def test_orders_that_the_device_does_not_take_are_counted_and_never_leave(self):
        """A strategy that takes its time has the link taken away while it does."""
        os.chmod(self.folder.name, 0o755)
        source, path = (os.path.join(self.folder.name, name) for name in ("slow.c", "slow.so"))
        with open(source, "w") as file:
            file.write(SLOW)
        run("cc", "-shared", "-fPIC", "-I", os.path.join(HERE, "../../framework/sdk/include"), "-o", path, source)
        os.chmod(path, 0o755)
        worker = self.worker("--backend", "af_xdp", "--interface", "w0", "--listen", "10.9.0.1:8080", "--enabled", "1",
                             "--logic", path)
        for lost, device in enumerate((lambda state: self.peer.run("ip", "link", "set", "p0", state),
                                       lambda state: run("ip", "link", "set", "w0", state)), 1):
            run("ip", "neighbour", "replace", "10.9.0.2", "lladdr", self.peer.LINK, "nud", "permanent", "dev", "w0")
            wire = self.wire()
            deadline = time.monotonic() + PATIENCE
            before = worker.count("answered")
            while worker.count("answered") == before and time.monotonic() < deadline:  # once it knows the neighbour
                wire.send(frame(tick()))
                time.sleep(0.1)
            wire.send(frame(tick(symbol=b"SLOW")))
            time.sleep(0.3)
            device("down")
            self.assertEqual(worker.until("transmit full", lost), lost)
            device("up")
            wire.settimeout(1)
            try:
                while True:
                    self.assertNotEqual(wire.recv(2000)[42:50], b"SLOW    ")
            except OSError:  # nothing more comes, or the device was down
                pass
        report = worker.report()
        self.assertEqual(int(report["answered"]) + int(report["no next hop"]) + lost, int(report["received"]))
