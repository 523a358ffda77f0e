"""Kernel sockets."""

import os
import pwd
import signal
import socket
import struct
import time

from market_data import order, tick
from worker import Case, PATIENCE, Worker


class Udp(Case):
    def test_every_tick_below_the_price_is_answered_with_its_order(self):
        worker = self.worker("--listen", "127.0.0.1:8080", "--enabled", "1")
        client = self.client()
        for number in range(300):
            price, timestamp = 9900 + number, 1_700_000_000_000_000_000 + number * 1_234_567
            client.sendto(tick(price, timestamp), ("127.0.0.1", 8080))
            if price < 10000:
                answer, sender = client.recvfrom(100)
                self.assertEqual(answer, order(price, timestamp))
                self.assertEqual(sender, ("127.0.0.1", 8080))
        report = worker.until_received(300)
        self.assert_adds_up(report, 300)
        self.assertEqual(int(report["answered"]), 100)
        self.assertEqual(int(report["declined"]), 200)
        self.assertEqual(worker.stop(), 0)
        self.assertEqual(worker.report()["state"], "ended")

    def test_unarmed_it_counts_and_sends_nothing_and_the_switch_works_at_once(self):
        worker = self.worker("--listen", "127.0.0.1:8080")
        client = self.client()
        client.sendto(tick(), ("127.0.0.1", 8080))
        self.assertEqual(int(worker.until_received(1)["withheld"]), 1)
        worker.tell("arm")
        client.sendto(tick(5), ("127.0.0.1", 8080))
        self.assertEqual(client.recv(100), order(5))  # and nothing came before it
        worker.tell("disarm")
        client.sendto(tick(6), ("127.0.0.1", 8080))
        report = worker.until_received(3)
        self.assertEqual((report["armed"], report["withheld"], report["answered"]), ("no", "2", "1"))
        client.setblocking(False)
        self.assertRaises(BlockingIOError, client.recv, 100)

    def test_short_payloads_are_counted_and_long_ones_are_read_at_their_front(self):
        worker = self.worker("--listen", "127.0.0.1:8080", "--enabled", "1")
        client = self.client()
        for size in range(24):
            client.sendto(tick()[:size], ("127.0.0.1", 8080))
        client.sendto(tick() + b"x" * 60000, ("127.0.0.1", 8080))
        self.assertEqual(client.recv(100), order())
        report = worker.until_received(25)
        self.assert_adds_up(report, 25)
        self.assertEqual(report["short payload"], "24")

    def test_many_at_once_are_all_counted(self):
        worker = self.worker("--listen", "127.0.0.1:8080", "--enabled", "1")
        client = self.client()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        for _ in range(20):
            for _ in range(100):
                client.sendto(tick(), ("127.0.0.1", 8080))
            for _ in range(100):
                self.assertEqual(client.recv(100), order())
        report = worker.until_received(2000)
        self.assert_adds_up(report, 2000)
        self.assertEqual(report["answered"], "2000")
        self.assertEqual(report["senders prepared"], "1")

    def test_ipv6_and_network_order(self):
        self.worker("--listen", "[::1]:8080", "--enabled", "1", "--byte-order", "1", "--quantity", "7")
        client = self.client("::1", socket.AF_INET6)
        client.sendto(b"AAPL    " + struct.pack(">IIQ", 9999, 1, 77), ("::1", 8080))
        self.assertEqual(client.recv(100), b"AAPL    " + struct.pack(">IIBQ", 10000, 7, 0, 77) + b"ORD77".ljust(16, b"\0"))

    def test_orders_go_to_whom_the_worker_is_told(self):
        receiver, client = self.client(), self.client()
        self.worker("--listen", "127.0.0.1:8080", "--enabled", "1", "--respond", "127.0.0.1:%d" % receiver.getsockname()[1])
        client.sendto(tick(), ("127.0.0.1", 8080))
        self.assertEqual(receiver.recv(100), order())

    def test_a_port_that_is_taken_is_an_error_that_says_so(self):
        taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(taken.close)
        taken.bind(("127.0.0.1", 8080))
        with self.assertRaisesRegex(RuntimeError, "bind the UDP socket: Address already in use"):
            self.worker("--listen", "127.0.0.1:8080")

    def test_one_that_was_killed_leaves_the_port_to_the_next(self):
        worker = self.worker("--listen", "127.0.0.1:8080")
        self.assertEqual(worker.report()["state"], "ready")
        worker.stop(signal.SIGKILL)
        self.assertEqual(worker.report()["state"], "ended")
        again = self.worker("--listen", "127.0.0.1:8080", "--enabled", "1")
        client = self.client()
        client.sendto(tick(), ("127.0.0.1", 8080))
        self.assertEqual(client.recv(100), order())
        self.assertEqual(again.until("answered", 1), 1)  # counted once it is sent

    def test_a_ready_worker_has_no_rights_and_is_where_it_was_put(self):
        worker = self.worker("--listen", "127.0.0.1:8080", "--cpus", "0")
        status = {"Seccomp": "0"}
        deadline = time.monotonic() + PATIENCE
        while status["Seccomp"] != "2" and time.monotonic() < deadline:  # the last that it gives up
            with open("/proc/%d/status" % worker.process.pid) as file:
                status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
        self.assertEqual(status["Seccomp"], "2")
        for rights in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
            self.assertEqual(int(status[rights], 16), 0)
        try:
            user = pwd.getpwnam("nanotune-worker").pw_uid  # where the packages are installed
        except KeyError:
            user = 65534
        self.assertEqual(status["Uid"].split(), [str(user)] * 4)
        self.assertEqual(status["Groups"].strip(), "")
        self.assertEqual(status["NoNewPrivs"], "1")
        with open("/proc/%d/task/%s/status" % (worker.process.pid, self.thread(worker, "worker 0"))) as file:
            self.assertIn("Cpus_allowed_list:\t0\n", file.read())
        self.assertGreater(int(status["VmLck"].split()[0]), 0)


    @staticmethod
    def thread(worker, name):
        """The number of a thread of the worker's."""
        for task in os.listdir("/proc/%d/task" % worker.process.pid):
            with open("/proc/%d/task/%s/comm" % (worker.process.pid, task)) as file:
                if file.read() == name + "\n":
                    return task
        raise AssertionError("no thread " + name)

    def test_errors_are_told_with_their_time_and_logged_at_a_limited_rate(self):
        log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(log.close)
        log.bind("/dev/log")
        self.addCleanup(os.unlink, "/dev/log")
        log.settimeout(PATIENCE)
        worker = self.worker("--listen", "127.0.0.1:8080")
        self.assertEqual(worker.report()["last error"], "none")
        client = self.client()
        for _ in range(1000):
            client.sendto(b"short", ("127.0.0.1", 8080))
        told = 0
        lines = 0
        while told < 1000:
            line = log.recv(1000).decode()
            self.assertRegex(line, r"^<28>nanotune-worker\[\d+\]: 127.0.0.1:8080: \d+ x short payload$")
            told += int(line.split()[2])
            lines += 1
        self.assertLess(lines, 20)
        report = worker.report()
        self.assertEqual((report["last error"], report["errors"]), ("short payload", "1000"))
        self.assertRegex(report["last error at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.\d{3}Z$")

    def test_what_the_kernel_counts_of_a_worker_is_shown_or_said_to_be_missing(self):
        worker = self.worker("--listen", "127.0.0.1:8080", "--cpus", "0")
        client = self.client()
        for _ in range(100):
            client.sendto(tick(), ("127.0.0.1", 8080))
        worker.until_received(100)
        time.sleep(0.3)
        report = worker.report()
        for name in ("cycles", "instructions", "cache misses", "context switches", "page faults"):
            self.assertRegex(report[name], r"^(\d+|not counted on this host \(.+\))$")
        self.assertGreater(int(report["worker 0, room for bytes"]), 0)
        self.assertEqual((report["worker 0, CPU"], report["worker 0, queue"]), ("0", "any"))
        times = [int(report["ns a packet, " + name]) for name in ("min", "p50", "p99", "p99.9", "max")]
        self.assertEqual((times, times[0] > 0), (sorted(times), True))
        self.assertGreaterEqual(times[-1], int(report["ns a packet, mean"]))

    def test_several_workers_share_a_port_and_each_sender_keeps_to_one(self):
        worker = self.worker("--listen", "127.0.0.1:8080", "--enabled", "1", "--cpus", "0-1")
        self.assertIn("; 2 workers", worker.report()["backend"])
        for _ in range(20):
            client = self.client()
            for _ in range(2):
                client.sendto(tick(), ("127.0.0.1", 8080))
                self.assertEqual(client.recv(100), order())
        report = worker.until_received(40)
        self.assert_adds_up(report, 40)
        self.assert_workers_add_up(report, 2)
        self.assertEqual(report["senders prepared"], "20")  # each once: no sender moves
        with self.assertRaisesRegex(RuntimeError, "bind the UDP socket: Address already in use"):
            Worker(self.folder.name, "--listen", "127.0.0.1:8080", "--cpus", "0-1")
        self.assertEqual(worker.stop(), 0)
