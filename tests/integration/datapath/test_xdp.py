"""Answers in the kernel."""

import os
import signal
import socket
import subprocess
import sys
import time

from frames import frame, mac
from market_data import order, tick
from past_the_stack import PastTheStack
from taken_off import TakenOff
from veth import OverVeth, Peer
from worker import PATIENCE, Worker, XDP, run


class XdpBackend(TakenOff, PastTheStack, OverVeth):
    BACKEND, LEFT_TO_KERNEL, ASKS_THE_WAY_TO_SENDERS = "xdp", (), False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.peer.run("ethtool", "-K", "p0", "tx", "off")
        # What XDP sends into a veth pair only XDP takes at the other end.
        cls.passing = subprocess.Popen(
            ["nsenter", "--net=/proc/%d/ns/net" % cls.peer.keeper.pid, sys.executable, XDP, "program", "p0", "native"],
            stdout=subprocess.PIPE, text=True)
        assert cls.passing.stdout.readline() == "ready\n"

    @classmethod
    def tearDownClass(cls):
        cls.passing.kill()
        cls.passing.wait()
        cls.passing.stdout.close()
        super().tearDownClass()

    def traces(self):
        shown = subprocess.run(["ip", "link", "show", "w0"], check=True, capture_output=True, text=True).stdout
        return "prog/xdp" in shown

    def test_the_driver_runs_the_program_itself(self):
        self.assertEqual(self.start().report()["backend"], "xdp, native")

    def test_it_may_have_a_priority_on_whatever_cpus_as_it_sleeps(self):
        cpus = ",".join(map(str, sorted(os.sched_getaffinity(0))))
        worker = self.start("--cpus", cpus, "--priority", "10", "--enabled", "1")
        self.assertEqual(self.once_answered(self.client()), order())
        threads = [int(thread) for thread in os.listdir("/proc/%d/task" % worker.process.pid)]
        self.assertIn(os.SCHED_FIFO, map(os.sched_getscheduler, threads))

    def test_auto_says_of_each_faster_backend_why_it_is_not_that(self):
        how = self.worker("--backend", "auto", "--interface", "w0", "--listen", "10.9.0.1:8080").report()["backend"]
        self.assertRegex(how, "^packet; xdp: what comes over a veth pair .*; af_xdp: what comes over a veth pair ")

    def test_a_stranger_is_answered_where_the_frame_came_from(self):
        self.start("--enabled", "1")
        wire = self.wire()
        wire.send(frame(tick(), source="10.77.0.1"))
        answer = wire.recv(2000)
        self.assertEqual(answer[:12], mac(Peer.LINK) + mac(Peer.OWN))
        self.assertEqual(answer[30:34], socket.inet_aton("10.77.0.1"))

    def test_the_way_back_follows_the_kernels_routes_and_neighbours(self):
        run("ip", "neighbour", "replace", "10.9.0.3", "lladdr", "02:00:00:00:09:33", "dev", "w0")
        worker = self.start("--enabled", "1", "--respond", "10.77.0.1:9999")
        wire = self.wire()
        wire.send(frame(tick()))
        self.assertEqual(int(worker.until_received(1)["no next hop"]), 1)
        run("ip", "route", "add", "10.77.0.0/16", "via", "10.9.0.3", "dev", "w0")
        self.assertEqual(self.answered_to(wire, frame(tick())), "02:00:00:00:09:33")
        run("ip", "neighbour", "replace", "10.9.0.3", "lladdr", "02:00:00:00:09:44", "dev", "w0")
        self.assertEqual(self.answered_to(wire, frame(tick()), not_to="02:00:00:00:09:33"), "02:00:00:00:09:44")
        run("ip", "route", "delete", "10.77.0.0/16")

    def test_the_switch_and_one_that_hangs_stop_orders(self):
        worker = self.start()
        client = self.client()
        self.assertEqual(self.once_answered(client, seconds=0.2), None)
        worker.tell("arm")
        self.assertEqual(self.once_answered(client), order())
        worker.tell("disarm")
        self.until_silent(client)
        worker.tell("arm")
        self.assertEqual(self.once_answered(client), order())
        worker.process.send_signal(signal.SIGSTOP)
        self.until_silent(client)
        worker.process.send_signal(signal.SIGCONT)
        self.assertEqual(self.once_answered(client), order())
        report = worker.report()
        self.assertGreater(int(report["withheld"]), 2)
        self.assertGreater(int(report["packets timed"]), 0)

    def once_answered(self, client, seconds=PATIENCE, to="10.9.0.1"):
        client.settimeout(0.05)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            client.sendto(tick(), (to, 8080))
            try:
                return client.recv(100)
            except TimeoutError:
                pass
        return None

    def until_silent(self, client):
        deadline = time.monotonic() + PATIENCE
        while self.once_answered(client, seconds=0.2) is not None:
            self.assertLess(time.monotonic(), deadline)

    def test_where_the_driver_has_none_it_is_generic_and_says_why(self):
        run("ip", "link", "add", "b0", "type", "bridge")  # its driver runs no programs
        self.addCleanup(run, "ip", "link", "delete", "b0")
        run("ip", "link", "set", "w0", "master", "b0")
        run("ip", "address", "add", "10.7.0.1/24", "dev", "b0")
        run("ip", "link", "set", "b0", "up")
        self.peer.run("ip", "address", "add", "10.7.0.2/24", "dev", "p0")
        self.addCleanup(self.peer.run, "ip", "address", "delete", "10.7.0.2/24", "dev", "p0")
        worker = self.worker("--backend", "xdp", "--interface", "b0", "--listen", "10.7.0.1:8080", "--enabled", "1")
        self.assertRegex(worker.report()["backend"], r"xdp, generic \(native: attach the XDP program to the driver: .+\)")
        client = self.client("10.7.0.2")
        self.assertEqual(self.once_answered(client, to="10.7.0.1"), order())

    def test_another_xdp_program_is_left_alone(self):
        worker = self.start()
        with self.assertRaisesRegex(RuntimeError, "attach the XDP program to the driver: another one is on the device"):
            Worker(self.folder.name, "--backend", "xdp", "--interface", "w0", "--listen", "10.9.0.1:8082")
        self.assertTrue(self.traces())
        self.assertIsNone(worker.process.poll())

    def test_a_device_with_larger_frames_is_an_error(self):
        run("ip", "link", "set", "w0", "mtu", "1600")
        self.addCleanup(run, "ip", "link", "set", "w0", "mtu", "1500")
        with self.assertRaisesRegex(RuntimeError, "w0: the XDP program takes frames of MTU 1500 at most, and it has 1600"):
            self.start()
