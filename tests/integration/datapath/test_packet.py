"""Packet sockets."""

import os
import re
import time

from frames import frame
from market_data import order, tick
from past_the_stack import PastTheStack
from veth import OverVeth
from worker import PATIENCE, run


class PacketBackend(PastTheStack, OverVeth):
    BACKEND, LEFT_TO_KERNEL, ASKS_THE_WAY_TO_SENDERS = "packet", (), True

    def traces(self):
        with open("/proc/net/packet") as file:
            return len(file.readlines())

    def test_where_the_kernel_has_no_way_by_choice_none_is_guessed(self):
        run("ip", "neighbour", "replace", "10.9.0.3", "lladdr", "02:00:00:00:09:33", "dev", "w0")
        run("ip", "route", "add", "default", "via", "10.9.0.3", "dev", "w0")
        self.addCleanup(run, "ip", "route", "delete", "default")
        worker, wire = self.start("--enabled", "1"), self.wire()
        sender = frame(tick(), source="10.78.0.1")
        self.assertEqual(self.answered_to(wire, sender), "02:00:00:00:09:33")
        for kind in ("blackhole", "unreachable", "prohibit", "throw"):
            run("ip", "route", "add", kind, "10.78.0.0/16")
            before = worker.count("no next hop")
            deadline = time.monotonic() + PATIENCE
            while worker.count("no next hop") == before and time.monotonic() < deadline:
                wire.send(sender)
                time.sleep(0.05)
            self.assertGreater(worker.count("no next hop"), before, kind)
            run("ip", "route", "delete", kind, "10.78.0.0/16")
            answered = worker.count("answered")
            while worker.count("answered") == answered and time.monotonic() < deadline:
                wire.send(sender)
                time.sleep(0.05)
            self.assertGreater(worker.count("answered"), answered, kind)

    def test_several_workers_share_a_device(self):
        worker = self.start("--enabled", "1", "--cpus", "0-1")
        for _ in range(20):
            client = self.client()
            for _ in range(2):
                client.sendto(tick(), ("10.9.0.1", 8080))
                self.assertEqual(client.recv(100), order())
        report = worker.until_received(40)
        self.assert_adds_up(report, 40)
        self.assert_workers_add_up(report, 2)

    def test_one_that_root_did_not_start_gives_up_every_right_of_every_thread(self):
        os.chmod(self.folder.name, 0o755)
        os.chown(self.folder.name, 65534, 65534)
        rights = "+net_admin,+net_raw,+ipc_lock,+setpcap"
        worker = self.worker(
            "--backend", "packet", "--interface", "w0", "--listen", "10.9.0.1:8080", "--enabled", "1",
            prefix=("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=" + rights,
                    "--ambient-caps=" + rights))
        client = self.client()
        client.sendto(tick(), ("10.9.0.1", 8080))
        self.assertEqual(client.recv(100), order())
        threads = os.listdir("/proc/%d/task" % worker.process.pid)
        self.assertGreater(len(threads), 2)
        for thread in threads:
            with open("/proc/%d/task/%s/status" % (worker.process.pid, thread)) as file:
                self.assertEqual(re.findall(r"Cap(?:Inh|Prm|Eff|Amb):\t(\w+)", file.read()), ["0" * 16] * 4)
