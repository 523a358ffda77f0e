"""Many packets through each backend, and every one of them accounted for: received by a worker, or dropped by the kernel
where it says so. datapath_soak.py BIN COUNT [BACKEND...]"""

import json
import os
import subprocess
import sys
import time
import unittest

BIN, COUNT = sys.argv[1], int(sys.argv[2])
SECONDS = 60 + COUNT / 2000  # a backend, at most
os.environ["NANOTUNE_WORKER"] = BIN + "/nanotune-worker"
sys.dont_write_bytecode = True  # these files are the tree's
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "datapath"))
from namespace import prepare  # noqa: E402  (modules there read what was set)
from veth import Peer  # noqa: E402
from worker import XDP, Case  # noqa: E402


class Soak(Case):
    @classmethod
    def setUpClass(cls):
        cls.peer = Peer(1)
        cls.peer.run("ethtool", "-K", "p0", "tx", "off")

    @classmethod
    def tearDownClass(cls):
        cls.peer.end()

    def dropped_by_devices(self):
        """On both ends of the pair. What a worker's AF_XDP socket has no room for is among it, too."""
        found = 0
        for way, words in (("rx", ["ip"]), ("tx", [*self.there(), "ip"])):
            shown = subprocess.run([*words, "-s", "-j", "link", "show", "w0" if way == "rx" else "p0"], check=True,
                                   capture_output=True).stdout
            found += json.loads(shown)[0]["stats64"][way]["dropped"]
        return found

    def there(self):
        return ["nsenter", "--net=/proc/%d/ns/net" % self.peer.keeper.pid]

    def soak(self, backend, *words, generated=()):
        worker = self.worker("--backend", backend, "--interface", "w0", "--listen", "10.9.0.1:8080", "--enabled", "1", *words)
        before = self.dropped_by_devices()
        done = subprocess.run([*self.there(), BIN + "/nanotune", "bench", "generate", "10.9.0.1:8080", "--count", str(COUNT),
                               "--rate", "0", "--flows", "7", "--price", "9999,10001,1", "--json", *generated], check=True,
                              capture_output=True, text=True, timeout=SECONDS)
        told = json.loads(done.stdout)
        sent = told["sent"]
        self.assertEqual((sent, told["not_sent"]), (COUNT, 0))
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            report = worker.report()
            by_devices, by_sockets = self.dropped_by_devices() - before, int(report["dropped before a worker"])
            dropped = by_devices if backend == "af_xdp" else by_devices + by_sockets
            if int(report["received"]) + dropped == sent:
                break
            time.sleep(0.1)
        received = int(report["received"])
        print("%s: %d sent in %.1f s, %d received, %d dropped before, %s answered" %
              (backend, sent, told["seconds"], received, dropped, report["answered"]), flush=True)
        self.assertEqual(received + dropped, sent)
        self.assertLessEqual(by_sockets, dropped)
        self.assert_adds_up(report, received)
        self.assertGreater(received, sent // 100)
        full = sum(int(report[name]) for name in ("no next hop", "pool exhausted", "transmit full"))
        self.assertEqual((report["errors"], worker.process.poll()), (str(full), None))
        self.assertEqual(worker.stop(), 0)

    def test_udp(self):
        self.soak("udp")

    def test_packet(self):
        self.soak("packet")

    def test_af_xdp(self):
        self.soak("af_xdp")

    def test_xdp(self):
        passing = subprocess.Popen(  # what XDP sends into a veth pair only XDP takes at the other end
            [*self.there(), sys.executable, XDP, "program", "p0", "native"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(passing.stdout.close)
        self.addCleanup(passing.wait)
        self.addCleanup(passing.kill)
        self.assertEqual(passing.stdout.readline(), "ready\n")
        self.soak("xdp")

    def test_tcp(self):
        self.soak("tcp", "--protocol", "tcp", generated=("--tcp",))


if __name__ == "__main__":
    prepare()
    chosen = ["Soak.test_" + backend for backend in sys.argv[3:]]
    unittest.main(argv=[sys.argv[0], *chosen], verbosity=2)
