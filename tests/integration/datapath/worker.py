"""One worker, and what is asked of every one."""

import os
import signal
import socket
import subprocess
import tempfile
import time
import unittest


WORKER = os.environ["NANOTUNE_WORKER"]
HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
XDP = os.path.join(HERE, "../lab/inside/xdp.py")
PATIENCE = 30  # seconds; the machine may be busy


def run(*words):
    subprocess.run(words, check=True)


def received(session, size):
    """So many bytes of a stream, or fewer where it ends."""
    data = b""
    while len(data) < size:
        more = session.recv(size - len(data))
        if not more:
            break
        data += more
    return data


class Worker:
    """One nanotune-worker, ready."""

    def __init__(self, folder, *words, prefix=()):
        self.shared = os.path.join(folder, "shared")
        self.process = subprocess.Popen(
            [*prefix, WORKER, "run", "--shared", self.shared, *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.first_line = self.process.stdout.readline()
        if not self.first_line.startswith("ready: "):
            _, why = self.process.communicate(timeout=PATIENCE)
            raise RuntimeError("no worker: %s%s" % (self.first_line, why))

    def report(self):
        """What was counted, of packets that are ours: of others only the kernel's program knows."""
        text = subprocess.run([WORKER, "report", self.shared], check=True, capture_output=True, text=True).stdout
        report = dict(line.split(": ", 1) for line in text.splitlines())
        report["received"] = str(int(report["received"]) - int(report["bypassed"]))
        return report

    def count(self, name):
        return int(self.report()[name])

    def until(self, name, count):
        deadline = time.monotonic() + PATIENCE
        while self.count(name) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.count(name)

    def until_received(self, count):
        self.until("received", count)
        return self.report()

    def until_it_has_looked(self):
        """Until what watches over the worker has slept some times since, or has ended."""
        def slept():
            try:
                with open("/proc/%d/task/%d/status" % (self.process.pid, self.process.pid)) as file:
                    return next(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt_switches"))
            except (OSError, StopIteration):
                return None
        begun, deadline = slept(), time.monotonic() + PATIENCE
        while self.process.poll() is None and (slept() or begun + 4) < begun + 4 and time.monotonic() < deadline:
            time.sleep(0.02)

    def tell(self, verb):
        run(WORKER, verb, self.shared)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
        return status


def outcomes(report):
    names = list(report)
    return {name: int(report[name]) for name in names[names.index("bypassed") + 1:names.index("senders prepared")]}


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def worker(self, *words, **more):
        worker = Worker(self.folder.name, *words, **more)
        self.addCleanup(lambda: worker.process.poll() is None and worker.stop(signal.SIGKILL))
        return worker

    def client(self, address="127.0.0.1", family=socket.AF_INET):
        client = socket.socket(family, socket.SOCK_DGRAM)
        client.bind((address, 0))
        client.settimeout(PATIENCE)
        self.addCleanup(client.close)
        return client

    def assert_workers_add_up(self, report, count):
        """So many workers, each with something to do, and nothing counted twice or not at all."""
        self.assertEqual(int(report["workers"]), count)
        each = [int(report["worker %d, received" % number]) for number in range(count)]
        self.assertEqual(sum(each), int(report["received"]))
        self.assertTrue(all(each), each)
        self.assertEqual(report["dropped before a worker"], "0")

    def assert_adds_up(self, report, received):
        self.assertEqual(int(report["received"]), received)
        self.assertEqual(sum(outcomes(report).values()), received)
