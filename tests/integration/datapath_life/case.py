"""What every test of a profile's datapath needs: the commands, a wire, and who runs."""

import json
import os
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

BIN = os.environ["NANOTUNE_BIN"]
HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
PATIENCE = 30  # seconds; the machine may be busy
ORDERS = "[datapath.orders]\nlisten = '127.0.0.1:8080'\nenabled = true\nrestarts = 1\n"

OWN_STRATEGY = """
#include <fcntl.h>
#include <nanotune/strategy.h>
#include <string.h>
#include <sys/mman.h>
static const volatile char* gate;  /* in memory: a strategy may ask the kernel for little */
__attribute__((constructor)) static void find_gate(void) {
    gate = mmap(0, 1, PROT_READ, MAP_SHARED, open(GATE, O_RDONLY), 0);
}
static void decide(void* state, const struct nanotune_limits* limits, const struct nanotune_tick* ticks,
                   struct nanotune_order* orders, uint32_t count) {
    (void)state, (void)limits;
    %s
    for (uint32_t at = 0; at < count; ++at)
        orders[at] = (struct nanotune_order){.price = ticks[at].price, .quantity = 1, .is_wanted = 1};
}
const struct nanotune_strategy_calls nanotune_strategy = {NANOTUNE_STRATEGY_ABI, sizeof(struct nanotune_strategy_calls),
                                                          "own", 0, decide, 0};
"""


def tick(price=9999):
    return b"AAPL    " + struct.pack("<IIQ", price, 1000, 1_700_000_000_123_456_789)


def workers():
    """Processes of nanotune-worker in this namespace of processes."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            with open("/proc/%s/comm" % entry) as comm, open("/proc/%s/stat" % entry) as stat:
                if comm.read().startswith("nanotune-worker") and stat.read().rsplit(")", 1)[1].split()[0] != "Z":
                    found.append(int(entry))
        except (OSError, ValueError):
            pass
    return found


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.state = os.path.join(self.folder.name, "state")
        self.addCleanup(self.nanotune, "rollback", "--all", "--force")

    def nanotune(self, *words, status=None, prefix=()):
        done = subprocess.run([*prefix, BIN + "/nanotune", *words, "--state-dir", self.state, "--direct"],
                              capture_output=True, text=True, timeout=PATIENCE * 2)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def apply(self, text, status=0):
        path = os.path.join(self.folder.name, "orders.toml")
        with open(path, "w") as file:
            file.write(text)
        return self.nanotune("apply", path, status=status)

    def datapath(self, *words):
        return self.nanotune("datapath", *words, status=0)

    def orders(self):
        [found] = json.loads(self.datapath("stats", "--json"))["datapaths"]
        return found

    def until(self, holds, patience=PATIENCE):
        deadline = time.monotonic() + patience
        while not holds(self.orders()):
            self.assertLess(time.monotonic(), deadline, self.orders())
            time.sleep(0.05)
        return self.orders()

    def answered(self, price=9999, patience=PATIENCE):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect(("127.0.0.1", 8080))
            client.settimeout(patience)
            client.send(tick(price))
            try:
                return struct.unpack_from("<II", client.recv(100), 8)
            except TimeoutError:
                return None

    def assert_nothing_is_left(self):
        self.assertEqual(workers(), [])
        self.assertEqual([name for name in os.listdir(self.state) if name.endswith(".workers")], [])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 8080))

    def on_a_file_system_of_its_own(self):
        """The state folder; before anything is in it."""
        os.makedirs(self.state, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=755", "state", self.state], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.state])
        self.addCleanup(self.nanotune, "rollback", "--all", "--force")  # before that

    def fill(self):
        """Until the state folder's file system has no room for a byte more; what that is filled with."""
        path = os.path.join(self.state, "filling")
        with open(path, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                return path

    def hold(self, process):
        """Until none of its threads runs any more, which is not yet so when the signal is sent."""
        os.kill(process, signal.SIGSTOP)
        def states():
            for thread in os.listdir("/proc/%d/task" % process):
                with open("/proc/%d/task/%s/stat" % (process, thread)) as file:
                    yield file.read().rpartition(")")[2].split()[0]
        while any(state != "T" for state in states()):
            time.sleep(0.005)

    def wire(self):
        """A veth pair: 192.0.2.1 on feed0 here, 192.0.2.2 in the namespace "peer"; what runs a command there."""

        def ip(*words):
            subprocess.run(["ip", *words], check=True)

        if not os.path.exists("/run/netns/peer"):
            ip("netns", "add", "peer")
            self.addCleanup(ip, "netns", "del", "peer")
        ip("link", "add", "feed0", "type", "veth", "peer", "name", "feed1", "netns", "peer")
        ip("address", "add", "192.0.2.1/24", "dev", "feed0")
        ip("link", "set", "feed0", "up")
        ip("-n", "peer", "address", "add", "192.0.2.2/24", "dev", "feed1")
        ip("-n", "peer", "link", "set", "feed1", "up")
        return ["ip", "netns", "exec", "peer"]

    def bench(self, *words, prefix=()):
        return json.loads(self.nanotune("bench", *words, "--json", status=0, prefix=prefix))

    def strategy(self, decide):
        """A strategy that answers each tick at its price, after what `decide` does with `ticks`, and with `*gate`."""
        self.gate("-")
        path, source = (os.path.join(self.folder.name, name) for name in ("own.so", "own.c"))
        os.chmod(self.folder.name, 0o755)
        with open(source, "w") as file:
            file.write(OWN_STRATEGY % decide)
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-I", os.path.join(HERE, "../../framework/sdk/include"),
                        '-DGATE="%s/gate"' % self.folder.name, "-o", path, source], check=True)
        os.chmod(path, 0o755)
        return path

    def gate(self, word):
        """What a strategy finds at `*gate` from now on."""
        file = os.open(os.path.join(self.folder.name, "gate"), os.O_RDWR | os.O_CREAT, 0o644)
        os.write(file, word.encode())
        os.close(file)
