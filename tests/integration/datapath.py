"""Market data over real sockets and devices; the orders, and what the worker has counted, are compared with
what another program, this one, makes of the wire format's description."""

import ctypes
import fcntl
import os
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

WORKER = sys.argv.pop(1)
XDP = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../lab/inside/xdp.py")
PATIENCE = 30  # seconds; the machine may be busy


def tick(price=9999, timestamp=1_700_000_000_123_456_789, symbol=b"AAPL"):
    return symbol.ljust(8) + struct.pack("<IIQ", price, 1000, timestamp)


def order(price=9999, timestamp=1_700_000_000_123_456_789, symbol=b"AAPL", quantity=100):
    number = ("ORD%d" % timestamp)[:15].encode().ljust(16, b"\0")
    return symbol.ljust(8) + struct.pack("<IIBQ", price + 1, quantity, 0, timestamp) + number


def run(*words):
    subprocess.run(words, check=True)


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

    def until_received(self, count):
        deadline = time.monotonic() + PATIENCE
        while self.count("received") < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.report()

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
        worker.stop(signal.SIGKILL)
        again = self.worker("--listen", "127.0.0.1:8080", "--enabled", "1")
        client = self.client()
        client.sendto(tick(), ("127.0.0.1", 8080))
        self.assertEqual(client.recv(100), order())
        self.assertEqual(again.count("answered"), 1)

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
        times = [int(report["ns a packet, " + name]) for name in ("min", "p50", "p99", "max")]
        self.assertTrue(0 < times[0] <= times[1] <= times[2], times)
        self.assertGreaterEqual(times[3], int(report["ns a packet, mean"]))

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


class Tcp(Case):
    """Sessions of a real endpoint."""

    def start(self, *words, **more):
        return self.worker("--listen", "127.0.0.1:8080", "--protocol", "tcp", "--backend", "tcp", "--enabled", "1", *words, **more)

    def session(self):
        session = socket.create_connection(("127.0.0.1", 8080), PATIENCE)
        session.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.addCleanup(session.close)
        return session

    @staticmethod
    def received(session, size):
        data = b""
        while len(data) < size:
            more = session.recv(size - len(data))
            if not more:
                break
            data += more
        return data

    def until(self, worker, name, value):
        deadline = time.monotonic() + PATIENCE
        while worker.report()[name] != str(value) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual((name, worker.report()[name]), (name, str(value)))

    def test_messages_are_found_however_segments_cut_them(self):
        worker = self.start()
        self.assertEqual(worker.report()["backend"], "tcp")
        session = self.session()
        data = b"".join(tick(9000 + number, number) for number in range(40))
        expected = b"".join(order(9000 + number, number) for number in range(40))
        for cut in (1, 5, 23, 24, 25, 47, 61, 500, len(data)):  # each byte's segment leaves by itself
            for at in range(0, len(data), cut):
                session.send(data[at:at + cut])
            self.assertEqual(self.received(session, len(expected)), expected)
        report = worker.until_received(360)
        self.assert_adds_up(report, 360)
        self.assertEqual(report["answered"], "360")

    def test_each_of_many_sessions_gets_its_own_orders(self):
        worker = self.start("--cpus", "0-1")
        sessions = [self.session() for _ in range(20)]
        for turn in range(3):
            for number, session in enumerate(sessions):
                session.send(tick(number, turn))
            for number, session in enumerate(sessions):
                self.assertEqual(self.received(session, 41), order(number, turn))
        report = worker.until_received(60)
        self.assert_adds_up(report, 60)
        self.assert_workers_add_up(report, 2)
        self.assertEqual((report["connections active"], report["connections opened"]), ("20", "20"))
        for session in sessions:
            session.close()
        self.until(worker, "connections active", 0)
        self.assertEqual(worker.report()["connections closed"], "20")

    def test_ipv6_has_sessions_too(self):
        self.worker("--listen", "[::1]:8080", "--protocol", "tcp", "--backend", "tcp", "--enabled", "1")
        with socket.create_connection(("::1", 8080), PATIENCE) as session:
            session.send(tick())
            self.assertEqual(self.received(session, 41), order())

    def test_there_is_room_for_as_many_sessions_as_are_asked_for(self):
        worker = self.start("--connections", "1200", prefix=("prlimit", "--nofile=1024:"))
        sessions = [self.session() for _ in range(1200)]
        sessions[0].send(tick(1))
        sessions[-1].send(tick(2))
        self.assertEqual(self.received(sessions[0], 41), order(1))
        self.assertEqual(self.received(sessions[-1], 41), order(2))
        self.assertEqual(worker.report()["connections active"], "1200")

    def test_what_is_left_of_a_session_that_ends_within_a_message_is_counted(self):
        worker = self.start()
        session = self.session()
        session.send(tick() + tick()[:10])
        self.assertEqual(self.received(session, 41), order())
        session.shutdown(socket.SHUT_WR)
        self.assertEqual(worker.until_received(2)["short payload"], "1")

    def test_sessions_are_limited_expired_and_dropped_and_each_is_counted(self):
        worker = self.start("--connections", "3", "--idle-timeout", "3")
        kept = self.session()
        others = [self.session() for _ in range(2)]
        stop = threading.Event()

        def go_on():
            while not stop.wait(0.1):
                kept.send(tick())

        going_on = threading.Thread(target=go_on)
        going_on.start()
        self.addCleanup(going_on.join)
        self.addCleanup(stop.set)
        self.until(worker, "connections active", 3)
        self.assertEqual(self.received(self.session(), 1), b"")
        self.until(worker, "connections refused", 1)
        self.until(worker, "connections expired", 2)
        for session in others:
            self.assertEqual(self.received(session, 1), b"")
        self.until(worker, "connections active", 1)

    def test_a_session_that_takes_nothing_loses_whole_orders_and_the_others_none(self):
        worker = self.start()
        deaf, other = self.session(), self.session()
        deaf.setblocking(False)
        sent = 0
        deadline = time.monotonic() + PATIENCE
        while int(worker.report()["transmit full"]) == 0 and time.monotonic() < deadline:
            for _ in range(200):
                try:
                    sent += deaf.send(tick() * 50)
                except BlockingIOError:
                    break
        other.send(tick(5))
        self.assertEqual(self.received(other, 41), order(5))
        self.assertGreater(int(worker.report()["transmit full"]), 0)
        deaf.setblocking(True)
        deaf.settimeout(0.5)
        stream = b""
        try:
            while more := deaf.recv(1 << 20):
                stream += more
        except TimeoutError:
            pass
        self.assertEqual(len(stream) % 41, 0)
        self.assertEqual(stream, order() * (len(stream) // 41))

    def test_what_would_stall_connections_or_has_none_is_refused(self):
        for backend, why in (("af_xdp", "would take the segments away .* stall them"), ("udp", "the backend is tcp"),
                             ("packet", "orders need a receiver"), ("xdp", "orders need a receiver")):
            with self.assertRaisesRegex(RuntimeError, "protocol tcp.*" + why):
                self.start("--backend", backend, "--interface", "lo")

    def test_a_port_that_is_taken_is_an_error_and_one_that_lingers_is_not(self):
        worker = self.start()
        with self.assertRaisesRegex(RuntimeError, "the TCP socket: Address already in use"):
            Worker(self.folder.name, "--listen", "127.0.0.1:8080", "--protocol", "tcp", "--backend", "tcp")
        session = self.session()
        session.send(tick())
        self.received(session, 41)
        worker.stop()
        self.start()
        again = self.session()
        again.send(tick())
        self.assertEqual(self.received(again, 41), order())


class Peer:
    """A network namespace at the other end of a veth pair: 10.9.0.2 there, 10.9.0.1 on w0 here."""

    LINK, OWN = "02:00:00:00:09:02", "02:00:00:00:09:01"

    def __init__(self, queues):
        several = ("numrxqueues", str(queues), "numtxqueues", str(queues))
        self.keeper = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        here = os.stat("/proc/self/ns/net").st_ino
        while os.stat("/proc/%d/ns/net" % self.keeper.pid).st_ino == here:
            time.sleep(0.01)
        run("ip", "link", "add", "w0", "address", self.OWN, *several, "type", "veth", "peer", "name", "p0", "address", self.LINK,
            *several)
        run("ip", "link", "set", "p0", "netns", str(self.keeper.pid))
        run("ip", "address", "add", "10.9.0.1/24", "dev", "w0")
        run("ip", "address", "add", "fd09::1/64", "dev", "w0", "nodad")
        run("ip", "link", "set", "w0", "up")
        self.run("ip", "address", "add", "10.9.0.2/24", "dev", "p0")
        self.run("ip", "address", "add", "fd09::2/64", "dev", "p0", "nodad")
        self.run("ip", "link", "set", "p0", "up")
        self.run("ip", "link", "set", "lo", "up")

    def run(self, *words):
        run("nsenter", "--net=/proc/%d/ns/net" % self.keeper.pid, *words)

    def index(self):
        """The number of p0 there."""
        one = self.socket(socket.AF_PACKET, socket.SOCK_RAW)
        with one:
            one.bind(("p0", 0))
            request = struct.pack("16si12x", b"p0", 0)
            return struct.unpack_from("i", fcntl.ioctl(one, 0x8933, request), 16)[0]  # SIOCGIFINDEX

    def socket(self, *kind):
        """A socket that belongs to the other end."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/self/ns/net") as here, open("/proc/%d/ns/net" % self.keeper.pid) as there:
            assert libc.setns(there.fileno(), 0) == 0
            try:
                return socket.socket(*kind)
            finally:
                assert libc.setns(here.fileno(), 0) == 0

    def end(self):
        run("ip", "link", "delete", "w0")
        self.keeper.kill()
        self.keeper.wait()


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def mac(text):
    return bytes(int(part, 16) for part in text.split(":"))


def frame(payload, source="10.9.0.2", to=Peer.OWN, port=8080, source_port=5000, fragment=0x4000, options=b"", tags=b""):
    addresses = socket.inet_aton(source) + socket.inet_aton("10.9.0.1")
    udp = struct.pack("!HHHH", source_port, port, 8 + len(payload), 0) + payload
    total = checksum(addresses + struct.pack("!HH", 17, len(udp)) + udp) or 0xFFFF
    udp = udp[:6] + struct.pack("!H", total) + udp[8:]
    size = 20 + len(options)
    ip = struct.pack("!BBHHHBBH", 0x40 + size // 4, 0, size + len(udp), 7, fragment, 64, 17, 0) + addresses + options
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return mac(to) + mac(Peer.LINK) + tags + b"\x08\0" + ip + udp


SYN, RST, ACK = 2, 4, 16


def segment(payload=b"", sequence=0, flags=ACK, source_port=5000, source="10.9.0.77"):
    """Of TCP, to port 8080."""
    addresses = socket.inet_aton(source) + socket.inet_aton("10.9.0.1")
    tcp = struct.pack("!HHIIBBHHH", source_port, 8080, sequence, 1, 0x50, flags, 65535, 0, 0) + payload
    tcp = tcp[:16] + struct.pack("!H", checksum(addresses + struct.pack("!HH", 6, len(tcp)) + tcp)) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 7, 0x4000, 64, 6, 0) + addresses
    return mac(Peer.OWN) + mac(Peer.LINK) + b"\x08\0" + ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + tcp


def flipped(data, byte):
    return data[:byte] + bytes([data[byte] ^ 0x10]) + data[byte + 1:]


class OverVeth(Case):
    QUEUES = 1

    @classmethod
    def setUpClass(cls):
        cls.peer = Peer(cls.QUEUES)

    @classmethod
    def tearDownClass(cls):
        cls.peer.end()

    def setUp(self):
        super().setUp()
        # Both ends learn each other's link address: the first packet of a stranger is not answered.
        self.client().sendto(b"x", ("10.9.0.1", 1))
        self.client("fd09::2", socket.AF_INET6).sendto(b"x", ("fd09::1", 1))
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            known = subprocess.run(["ip", "neighbour", "show", "dev", "w0"], check=True, capture_output=True, text=True)
            if all(address in known.stdout for address in ("10.9.0.2 lladdr", "fd09::2 lladdr")):
                break
            time.sleep(0.02)

    def client(self, address="10.9.0.2", family=socket.AF_INET):
        client = self.peer.socket(family, socket.SOCK_DGRAM)
        client.bind((address, 0))
        client.settimeout(PATIENCE)
        self.addCleanup(client.close)
        return client

    def wire(self):
        """The peer's device, frame by frame."""
        wire = self.peer.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
        wire.bind(("p0", 0x0800))
        wire.settimeout(PATIENCE)
        self.addCleanup(wire.close)
        return wire


class PastTheStack:
    """What every backend that goes past the kernel's stack does."""

    def start(self, *words, listen="10.9.0.1:8080"):
        return self.worker("--backend", self.BACKEND, "--interface", "w0", "--listen", listen, *words)

    def test_every_tick_below_the_price_is_answered_with_its_order(self):
        worker = self.start("--enabled", "1")
        client = self.client()
        for number in range(200):
            price = 9900 + number
            client.sendto(tick(price, number), ("10.9.0.1", 8080))
            if price < 10000:
                answer, sender = client.recvfrom(100)
                self.assertEqual(answer, order(price, number))
                self.assertEqual(sender, ("10.9.0.1", 8080))
        report = worker.until_received(200)
        self.assert_adds_up(report, 200)
        self.assertEqual((report["answered"], report["declined"]), ("100", "100"))

    def test_ipv6_is_answered_too(self):
        self.start("--enabled", "1", listen="[fd09::1]:8080")
        client = self.client("fd09::2", socket.AF_INET6)
        client.sendto(tick(), ("fd09::1", 8080))
        self.assertEqual(client.recv(100), order())

    def test_a_group_is_joined_and_answered_from(self):
        orders, feed = self.client(), self.client()
        feed.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.9.0.2"))
        worker = self.start("--enabled", "1", "--respond", "10.9.0.2:%d" % orders.getsockname()[1], listen="239.1.1.1:8080")
        self.assertEqual(worker.report()["multicast group"], "joined")
        for number in range(20):
            feed.sendto(tick(number), ("239.1.1.1", 8080))
            self.assertEqual(orders.recvfrom(100), (order(number), ("10.9.0.1", 8080)))
        feed.sendto(tick(), ("239.1.1.2", 8080))
        self.assert_adds_up(worker.until_received(20), 20)

    def test_the_kernel_answers_nothing_itself_and_keeps_all_that_is_not_ours(self):
        worker = self.start()
        client = self.client()
        client.connect(("10.9.0.1", 8080))
        client.send(tick())
        self.assertEqual(int(worker.until_received(1)["withheld"]), 1)
        client.setblocking(False)
        self.assertRaises(BlockingIOError, client.recv, 100)  # an ICMP error would be ConnectionRefusedError
        other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(other.close)
        other.bind(("10.9.0.1", 8081))
        other.settimeout(PATIENCE)
        self.client().sendto(b"to another port", ("10.9.0.1", 8081))
        self.assertEqual(other.recv(100), b"to another port")
        self.assertEqual(worker.count("received"), 1)

    def test_frames_in_error_are_counted_by_kind_and_not_answered(self):
        worker = self.start("--enabled", "1")
        wire = self.wire()
        good = frame(tick())
        sent = {
            "transport checksum": [flipped(good, byte) for byte in range(42, 66)],
            "length": [good[:60], frame(tick())[:38] + b"\0\xff" + good[40:]],
            "short payload": [frame(tick()[:size]) for size in range(24)],
            "zero source": [frame(tick(), source_port=0)],
            "fragment": [frame(tick(), fragment=0x2000), frame(tick(), fragment=0x0003)],
            "options": [frame(tick(), options=b"\1\1\1\1")],
            "header checksum": [flipped(good, byte) for byte in (15, 18, 22, 24, 25)],
            "no next hop": [frame(tick(), source="10.9.0.77")] if self.ASKS_THE_WAY_TO_SENDERS else [],
        }
        for frames in sent.values():
            for one in frames:
                wire.send(one)
        wire.send(frame(tick(), tags=b"\x81\0\0\x64"))  # of another network
        wire.send(frame(tick(), port=8081))
        wire.send(good)
        for name in self.LEFT_TO_KERNEL:
            sent[name] = []
        count = sum(map(len, sent.values())) + 1
        report = worker.until_received(count)
        self.assert_adds_up(report, count)
        self.assertEqual(report["answered"], "1")
        for name, frames in sent.items():
            self.assertEqual((name, int(report[name])), (name, len(frames)))
        answer = wire.recv(2000)
        while answer[23] != 17:  # what the kernel says of the other port
            answer = wire.recv(2000)
        self.assertEqual(answer[:12], mac(Peer.LINK) + mac(Peer.OWN))
        self.assertEqual(answer[42:], order())

    def test_the_way_back_follows_the_kernels_routes_and_neighbours(self):
        run("ip", "neighbour", "replace", "10.9.0.3", "lladdr", "02:00:00:00:09:33", "dev", "w0")
        worker = self.start("--enabled", "1")
        wire = self.wire()
        far = frame(tick(), source="10.77.0.1")
        wire.send(far)
        self.assertEqual(int(worker.until_received(1)["no next hop"]), 1)
        run("ip", "route", "add", "10.77.0.0/16", "via", "10.9.0.3", "dev", "w0")
        self.assertEqual(self.answered_to(wire, far), "02:00:00:00:09:33")
        run("ip", "neighbour", "replace", "10.9.0.3", "lladdr", "02:00:00:00:09:44", "dev", "w0")
        self.assertEqual(self.answered_to(wire, far, not_to="02:00:00:00:09:33"), "02:00:00:00:09:44")
        run("ip", "route", "delete", "10.77.0.0/16")

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
        orders.settimeout(0.1)
        answer = None
        while answer is None and time.monotonic() < deadline:  # the worker hears of it a moment later
            wire.send(frame(tick()))
            try:
                answer = orders.recv(100)
            except TimeoutError:
                pass
        self.assertEqual(answer, order())

    def test_a_device_that_goes_away_ends_the_worker_which_says_so(self):
        run("ip", "link", "add", "gone0", "type", "veth", "peer", "name", "gone1")
        self.addCleanup(subprocess.run, ["ip", "link", "delete", "gone0"], capture_output=True)
        run("ip", "address", "add", "10.10.0.1/24", "dev", "gone0")
        for name in ("gone0", "gone1"):
            run("ip", "link", "set", name, "up")
        worker = self.worker("--backend", self.BACKEND, "--interface", "gone0", "--listen", "10.10.0.1:8080")
        run("ip", "link", "delete", "gone0")
        self.assertEqual(worker.process.wait(PATIENCE), 1)
        self.assertIn("gone0: the device has gone", worker.process.stderr.read())
        worker.stop()

    def answered_to(self, wire, one, not_to=""):
        """The link address that the answer goes to, once one comes to another than `not_to`."""
        wire.settimeout(0.1)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            wire.send(one)
            try:
                found = ":".join("%02x" % byte for byte in wire.recv(2000)[:6])
            except TimeoutError:
                continue
            if found != not_to:
                return found
        return None

    def test_many_at_once_are_all_answered(self):
        worker = self.start("--enabled", "1")
        client = self.client()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        for _ in range(20):
            for _ in range(100):
                client.sendto(tick(), ("10.9.0.1", 8080))
            for _ in range(100):
                self.assertEqual(client.recv(100), order())
        report = worker.until_received(2000)
        self.assert_adds_up(report, 2000)
        self.assertEqual(report["answered"], "2000")

    def test_one_that_was_killed_leaves_nothing_behind(self):
        before = self.traces()
        worker = self.start()
        self.assertNotEqual(self.traces(), before)
        worker.stop(signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while self.traces() != before and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(self.traces(), before)
        self.start("--enabled", "1")
        client = self.client()
        client.sendto(tick(), ("10.9.0.1", 8080))
        self.assertEqual(client.recv(100), order())

    def test_an_address_that_is_not_this_hosts_is_an_error(self):
        with self.assertRaisesRegex(RuntimeError, "bind the UDP socket: Cannot assign requested address"):
            self.start(listen="10.9.0.99:8080")

    def test_a_device_that_is_not_there_or_not_ethernet_is_an_error(self):
        with self.assertRaisesRegex(RuntimeError, "look for w9: No such device"):
            self.worker("--backend", self.BACKEND, "--interface", "w9", "--listen", "10.9.0.1:8080")
        with self.assertRaisesRegex(RuntimeError, "lo: it is not Ethernet"):
            self.worker("--backend", self.BACKEND, "--interface", "lo", "--listen", "127.0.0.1:8080")


class Multicast(OverVeth):
    GROUP, GROUP6 = "239.1.1.1", "ff15::7"

    def feed(self, group=GROUP, source="10.9.0.2"):
        feed = self.client(source)
        feed.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.9.0.2"))
        return lambda data: feed.sendto(data, (group, 8080))

    def start(self, backend, *words, receiver=None):
        self.orders = self.client()
        where = receiver or "10.9.0.2:%d" % self.orders.getsockname()[1]
        return self.worker("--backend", backend, "--interface", "w0", "--listen", self.GROUP + ":8080", "--enabled", "1",
                           "--respond", where, *words)

    def joined(self):
        with open("/proc/net/igmp") as file:
            return "010101EF" in file.read()

    def assert_left(self):
        deadline = time.monotonic() + PATIENCE
        while self.joined() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(self.joined())

    def test_a_group_is_joined_answered_from_and_left(self):
        for backend in ("udp", "packet"):
            self.assertFalse(self.joined())
            worker = self.start(backend)
            self.assertTrue(self.joined())
            report = worker.report()
            self.assertIn("joined on w0", report["backend"])
            self.assertEqual(report["multicast group"], "joined")
            self.assertEqual(report["multicast filter of the device"], "none (it is no hardware, and takes everything)")
            send = self.feed()
            for number in range(20):
                send(tick(number))
                self.assertEqual(self.orders.recv(100), order(number))
            self.feed("239.1.1.2")(tick())  # another group
            self.assert_adds_up(worker.until_received(20), 20)
            worker.stop()
            self.assert_left()

    def test_one_that_was_killed_leaves_the_group(self):
        worker = self.start("packet")
        worker.stop(signal.SIGKILL)
        self.assert_left()

    def test_only_the_source_that_is_named_is_heard(self):
        self.peer.run("ip", "address", "add", "10.9.0.7/24", "dev", "p0")
        self.addCleanup(self.peer.run, "ip", "address", "del", "10.9.0.7/24", "dev", "p0")
        for backend in ("udp", "packet"):
            worker = self.start(backend, "--source", "10.9.0.7")
            self.assertEqual(worker.report()["multicast group"], "joined")
            with open("/proc/net/mcfilter") as file:
                self.assertRegex(file.read(), "0xef010101 0x0a090007 +1 +0")
            self.feed()(tick(1))
            self.feed(source="10.9.0.7")(tick(2))
            self.assertEqual(self.orders.recv(100), order(2))
            self.assertEqual(worker.until_received(1)["received"], "1")
            worker.stop()
            with open("/proc/net/mcfilter") as file:
                self.assertNotIn("0xef010101", file.read())
        with self.assertRaisesRegex(RuntimeError, "source 10.9.0.7: backend packet and udp"):
            self.start("xdp", "--source", "10.9.0.7")

    def test_a_device_that_takes_everything_is_said_to(self):
        worker = self.start("udp")
        for switch, said in (("allmulticast", "all-multicast"), ("promisc", "promiscuous")):
            run("ip", "link", "set", "w0", switch, "on")
            self.addCleanup(run, "ip", "link", "set", "w0", switch, "off")
            deadline = time.monotonic() + PATIENCE
            while worker.report()["multicast filter of the device"] != said and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertEqual(worker.report()["multicast filter of the device"], said)

    def test_ipv6_groups_are_joined_and_left_too(self):
        receiver = self.client("fd09::2", socket.AF_INET6)
        feed = self.client("fd09::2", socket.AF_INET6)
        feed.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, self.peer.index())
        for backend in ("udp", "packet"):
            worker = self.worker("--backend", backend, "--interface", "w0", "--listen", "[%s]:8080" % self.GROUP6,
                                 "--enabled", "1", "--respond", "[fd09::2]:%d" % receiver.getsockname()[1])
            self.assertEqual(worker.report()["multicast group"], "joined")
            feed.sendto(tick(), (self.GROUP6, 8080))
            self.assertEqual(receiver.recv(100), order())
            worker.stop()

    def test_orders_need_a_receiver(self):
        with self.assertRaisesRegex(RuntimeError, "orders need a receiver"):
            self.worker("--backend", "udp", "--interface", "w0", "--listen", self.GROUP + ":8080")


class Followed:
    """TCP connections that the kernel has, and what comes in of them."""

    def start(self, *words, own="10.9.0.1", there="10.9.0.2", family=socket.AF_INET):
        self.orders = self.client(there, family)
        text = "[%s]:%d" if family == socket.AF_INET6 else "%s:%d"
        return self.worker("--backend", self.BACKEND, "--protocol", "tcp", "--interface", "w0", "--listen", text % (own, 8080),
                           "--respond", text % (there, self.orders.getsockname()[1]), "--enabled", "1", *words)

    def connection(self, own="10.9.0.1", family=socket.AF_INET):
        """Both ends of one that the kernel has."""
        server = socket.create_server((own, 8080), family=family)
        self.addCleanup(server.close)
        server.settimeout(PATIENCE)
        client = self.peer.socket(family, socket.SOCK_STREAM)
        self.addCleanup(client.close)
        client.settimeout(PATIENCE)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.connect((own, 8080))
        here, _ = server.accept()
        self.addCleanup(here.close)
        here.settimeout(PATIENCE)
        return client, here

    def established(self, wire, port, first=99):
        wire.send(segment(sequence=first, flags=SYN, source_port=port))
        wire.send(segment(sequence=first + 1, source_port=port))

    def test_a_connection_of_the_kernels_is_heard_and_left_alone(self):
        worker = self.start()
        client, here = self.connection()
        stream = b"".join(tick(9000 + number, number) for number in range(100))
        for cut in (7, 24, 61, len(stream)):  # the last one comes in one piece, larger than the MTU
            for at in range(0, len(stream), cut):
                client.send(stream[at:at + cut])
            for number in range(100):
                self.assertEqual(self.orders.recvfrom(100), (order(9000 + number, number), ("10.9.0.1", 8080)))
            self.assertEqual(Tcp.received(here, len(stream)), stream)
        here.send(b"and back")
        self.assertEqual(client.recv(100), b"and back")
        report = worker.until_received(400)
        self.assert_adds_up(report, 400)
        self.assertEqual(report["connections active"], "1")
        client.close()
        deadline = time.monotonic() + PATIENCE
        while worker.report()["connections closed"] != "1" and time.monotonic() < deadline:
            time.sleep(0.05)
        report = worker.report()
        self.assertEqual([report["connections " + name] for name in ("active", "opened", "closed")], ["0", "1", "1"])
        self.assertEqual([report[name] for name in ("segments behind a gap", "segments out of state")], ["0", "0"])

    def test_ipv6_is_followed_too(self):
        self.start(own="fd09::1", there="fd09::2", family=socket.AF_INET6)
        client, _ = self.connection("fd09::1", socket.AF_INET6)
        client.send(tick())
        self.assertEqual(self.orders.recv(100), order())

    def test_gaps_duplicates_and_what_no_connection_sends_are_counted(self):
        worker = self.start()
        wire = self.wire()
        self.established(wire, 5000)
        wire.send(segment(tick(1), 100))
        wire.send(segment(tick(1), 100))  # again
        wire.send(segment(tick(3), 148))  # behind a gap of one message
        wire.send(segment(tick(2), 124))  # too late for it
        wire.send(segment(flags=SYN, sequence=7000))  # within a connection
        wire.send(segment(flags=RST, sequence=101))  # not the very next thing
        wire.send(flipped(segment(tick(4), 172), 60))
        wire.send(segment(tick(4), 172, source_port=5001))  # nobody saw it begin
        wire.send(segment(tick(4), 172))
        for number in (1, 3, 4):
            self.assertEqual(self.orders.recv(100), order(number))
        report = worker.until_received(5)
        self.assert_adds_up(report, 5)
        self.assertEqual([report[name] for name in ("unknown connection", "transport checksum", "errors")], ["1", "1", "2"])
        self.assertEqual([report[name] for name in ("segments behind a gap", "bytes missed", "segments duplicate",
                                                    "segments out of state")], ["1", "24", "2", "2"])

    def test_syns_alone_push_out_nobody(self):
        worker = self.start("--connections", "8")
        wire = self.wire()
        for port in (1, 2, 3):
            self.established(wire, port)
        for number in range(3000):
            wire.send(segment(flags=SYN, sequence=number, source_port=100 + number))
        deadline = time.monotonic() + PATIENCE
        report = worker.report()
        while (int(report["segments followed"]) + int(report["dropped before a worker"]) < 3006
               and time.monotonic() < deadline):
            time.sleep(0.05)
            report = worker.report()
        for port in (1, 2, 3):
            wire.send(segment(tick(port), 100, source_port=port))
            self.assertEqual(self.orders.recv(100), order(port))
        self.assertEqual(report["connections active"], "8")
        self.assertGreater(int(report["connections evicted"]), 100)

    def test_where_nobody_makes_room_new_ones_are_refused(self):
        worker = self.start("--connections", "2", "--when-full", "refuse")
        wire = self.wire()
        for port in (1, 2, 3):
            self.established(wire, port)
        wire.send(segment(tick(2), 100, source_port=2))
        self.assertEqual(self.orders.recv(100), order(2))
        report = worker.report()
        self.assertEqual([report["connections " + name] for name in ("active", "refused", "evicted")], ["2", "1", "0"])

    def test_several_workers_share_connections_and_each_keeps_to_one(self):
        worker = self.start("--cpus", "0-1")
        wire = self.wire()
        for port in range(100, 124):
            self.established(wire, port)
        for number in range(3):
            for port in range(100, 124):
                wire.send(segment(tick(number), 100 + 24 * number, source_port=port))
                self.assertEqual(self.orders.recv(100), order(number))
        report = worker.until_received(72)
        self.assert_adds_up(report, 72)
        self.assert_workers_add_up(report, 2)
        self.assertEqual([report["connections active"], report["segments out of state"]], ["24", "0"])


class FollowedByPacket(Followed, OverVeth):
    BACKEND = "packet"


class OrderConnection(Followed, OverVeth):
    """Orders for connections that are followed, on a connection of their own."""

    BACKEND = "packet"

    def receiver(self, there="10.9.0.2", family=socket.AF_INET):
        """Where the peer takes orders."""
        listener = self.peer.socket(family, socket.SOCK_STREAM)
        self.addCleanup(listener.close)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((there, 0))
        listener.listen()
        listener.settimeout(PATIENCE)
        return listener

    def start(self, *words, own="10.9.0.1", there="10.9.0.2", family=socket.AF_INET):
        """As of others, whose orders come by datagrams; these are taken off the connection."""
        self.listener = self.receiver(there, family)
        text = "[%s]:%d" if family == socket.AF_INET6 else "%s:%d"
        worker = self.worker("--backend", self.BACKEND, "--protocol", "tcp", "--interface", "w0", "--listen", text % (own, 8080),
                             "--respond", text % (there, self.listener.getsockname()[1]), "--respond-by", "tcp",
                             "--enabled", "1", *words)
        self.orders = Orders(self.accepted(), (own, 8080))
        return worker

    def accepted(self):
        connection, _ = self.listener.accept()
        self.addCleanup(connection.close)
        connection.settimeout(PATIENCE)
        return connection

    def until(self, worker, name, value):
        deadline = time.monotonic() + PATIENCE
        while worker.report()[name] != value and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual((name, worker.report()[name]), (name, value))

    def test_several_workers_share_connections_and_each_keeps_to_one(self):
        self.listener = self.receiver()
        worker = self.worker("--backend", self.BACKEND, "--protocol", "tcp", "--interface", "w0", "--listen", "10.9.0.1:8080",
                             "--respond", "10.9.0.2:%d" % self.listener.getsockname()[1], "--respond-by", "tcp",
                             "--cpus", "0-1")
        self.accepted(), self.accepted()
        self.until(worker, "order connections up", "2")

    def test_without_a_receiver_it_does_not_start_and_says_so(self):
        with self.assertRaisesRegex(RuntimeError, "connect to 10.9.0.2:9 for orders: Connection refused"):
            self.worker("--backend", self.BACKEND, "--protocol", "tcp", "--interface", "w0", "--listen", "10.9.0.1:8080",
                        "--respond", "10.9.0.2:9", "--respond-by", "tcp")
        with self.assertRaisesRegex(RuntimeError, "respond_by tcp: it is for connections of others"):
            self.worker("--listen", "10.9.0.1:8080", "--respond", "10.9.0.2:9", "--respond-by", "tcp")

    def test_one_that_breaks_is_counted_and_made_again(self):
        worker = self.start()
        wire = self.wire()
        self.established(wire, 5000)
        wire.send(segment(tick(1), 100))
        self.assertEqual(self.orders.recv(100), order(1))
        for turn, close in enumerate((Orders.close, Orders.reset), 2):
            port = self.listener.getsockname()[1]
            self.listener.close()
            close(self.orders)
            self.until(worker, "order connections up", "0")
            wire.send(segment(tick(7), 100 + 24 * (turn - 1)))  # while there is none
            self.until(worker, "transmit full", str(turn - 1))
            self.listener = self.peer.socket(socket.AF_INET, socket.SOCK_STREAM)
            self.addCleanup(self.listener.close)
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.listener.bind(("10.9.0.2", port))
            self.listener.listen()
            self.listener.settimeout(PATIENCE)
            self.orders = Orders(self.accepted(), None)
            self.until(worker, "order connections up", "1")
            self.assertEqual(worker.report()["order connections made"], str(turn))
            self.assertEqual(worker.report()["order connections broken"], str(turn - 1))
        wire.send(segment(tick(9), 172))
        self.assertEqual(self.orders.recv(100), order(9))
        self.assertEqual(worker.report()["orders unsent"], "0")

    def test_a_receiver_that_takes_nothing_loses_whole_orders(self):
        worker = self.start()
        self.orders.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire = self.wire()
        self.established(wire, 5000)
        sequence = 100
        deadline = time.monotonic() + PATIENCE
        while worker.report()["transmit full"] == "0" and time.monotonic() < deadline:
            for _ in range(200):
                wire.send(segment(tick(5) * 50, sequence))
                sequence += 24 * 50
        answered = worker.count("answered")
        self.assertGreater(worker.count("transmit full"), 0)
        stream = b""
        while len(stream) < 41 * answered:
            stream += self.orders.connection.recv(1 << 20)
        self.assertEqual(stream, order(5) * answered)


class Orders:
    """Those that come on a connection, one by one, as if they came from where datagrams do."""

    def __init__(self, connection, sender):
        self.connection, self.sender = connection, sender

    def recv(self, _):
        return Tcp.received(self.connection, 41)

    def recvfrom(self, _):
        return self.recv(_), self.sender

    def close(self):
        self.connection.close()

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


class FollowedByXdp(Followed, OverVeth):
    BACKEND = "xdp"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.peer.run("ethtool", "-K", "p0", "tx", "off")  # checksums that no device would finish

    def test_the_driver_runs_the_program_as_long_as_the_worker_lives(self):
        def is_there():
            shown = subprocess.run(["ip", "link", "show", "w0"], check=True, capture_output=True, text=True).stdout
            return "prog/xdp" in shown
        worker = self.start()
        self.assertEqual(worker.report()["backend"], "xdp, native, following TCP connections of others")
        self.assertTrue(is_there())
        worker.stop(signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while is_there() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(is_there())

    def test_a_device_with_larger_frames_is_an_error(self):
        run("ip", "link", "set", "w0", "mtu", "1600")
        self.addCleanup(run, "ip", "link", "set", "w0", "mtu", "1500")
        with self.assertRaisesRegex(RuntimeError, "w0: the XDP program takes frames of MTU 1500 at most, and it has 1600"):
            self.start()


class PacketBackend(PastTheStack, OverVeth):
    BACKEND, LEFT_TO_KERNEL, ASKS_THE_WAY_TO_SENDERS = "packet", (), True

    def traces(self):
        with open("/proc/net/packet") as file:
            return len(file.readlines())

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


class AfXdpBackend(PastTheStack, OverVeth):
    BACKEND, LEFT_TO_KERNEL, ASKS_THE_WAY_TO_SENDERS = "af_xdp", ("fragment", "options"), True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.peer.run("ethtool", "-K", "p0", "tx", "off")  # checksums that no device would finish

    def traces(self):
        shown = subprocess.run(["ip", "link", "show", "w0"], check=True, capture_output=True, text=True).stdout
        return "prog/xdp" in shown

    def test_the_driver_hands_frames_over_itself(self):
        self.assertEqual(self.start().report()["backend"], "af_xdp, native, copy")

    def test_another_xdp_program_is_left_alone(self):
        worker = self.start()
        with self.assertRaisesRegex(RuntimeError, "attach the XDP program to the driver: .*busy"):
            Worker(self.folder.name, "--backend", "af_xdp", "--interface", "w0", "--listen", "10.9.0.1:8082")
        self.assertTrue(self.traces())
        self.assertIsNone(worker.process.poll())

    def test_more_queues_than_are_served_are_an_error(self):
        run("ip", "link", "add", "w2", "numrxqueues", "2", "type", "veth", "peer", "name", "p2")
        self.addCleanup(run, "ip", "link", "delete", "w2")
        run("ethtool", "-L", "w2", "rx", "2")
        with self.assertRaisesRegex(RuntimeError, "w2: it receives on 2 queues, and 1 would be served"):
            self.worker("--backend", "af_xdp", "--interface", "w2", "--listen", "10.9.0.1:8080")

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


class XdpBackend(PastTheStack, OverVeth):
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
        with self.assertRaisesRegex(RuntimeError, "attach the XDP program to the driver: .*busy"):
            Worker(self.folder.name, "--backend", "xdp", "--interface", "w0", "--listen", "10.9.0.1:8082")
        self.assertTrue(self.traces())
        self.assertIsNone(worker.process.poll())

    def test_a_device_with_larger_frames_is_an_error(self):
        run("ip", "link", "set", "w0", "mtu", "1600")
        self.addCleanup(run, "ip", "link", "set", "w0", "mtu", "1500")
        with self.assertRaisesRegex(RuntimeError, "w0: the XDP program takes frames of MTU 1500 at most, and it has 1600"):
            self.start()


HERE = os.path.dirname(os.path.realpath(__file__))


class Strategy(Case):
    """A logic of somebody else's, built from nothing but the header that is installed."""

    def setUp(self):
        super().setUp()
        os.chmod(self.folder.name, 0o755)
        include = os.path.join(self.folder.name, "include", "nanotune")
        os.makedirs(include)
        shutil.copy(os.path.join(HERE, "../../framework/sdk/include/nanotune/strategy.h"), include)
        self.path = os.path.join(self.folder.name, "dip.so")
        run("cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O2", "-shared", "-fPIC",
            "-I", os.path.dirname(include), "-o", self.path, os.path.join(HERE, "../outside-strategy/dip.c"))
        os.chmod(self.path, 0o755)

    def start(self, *words):
        return self.worker("--listen", "127.0.0.1:8080", "--enabled", "1", "--logic", self.path, *words)

    @staticmethod
    def order(price, quantity, side, timestamp=1_700_000_000_123_456_789, symbol=b"AAPL", end="<"):
        number = ("ORD%d" % timestamp)[:15].encode().ljust(16, b"\0")
        return symbol.ljust(8) + struct.pack(end + "IIBQ", price, quantity, side, timestamp) + number

    def test_it_decides_about_every_packet(self):
        worker = self.start()
        client = self.client()
        for _ in range(50):
            for price in (9999, 15000, 20002):
                client.sendto(tick(price), ("127.0.0.1", 8080))
        for _ in range(50):
            self.assertEqual(client.recv(100), self.order(9999, 200, 0))
            self.assertEqual(client.recv(100), self.order(20001, 1000, 1))
        report = worker.until_received(150)
        self.assert_adds_up(report, 150)
        self.assertEqual((report["answered"], report["declined"]), ("100", "50"))
        self.assertEqual(worker.stop(), 0)

    def test_it_sees_the_machines_numbers_whatever_the_wire_has(self):
        self.start("--byte-order", "1", "--price", "70000")
        client = self.client()
        client.sendto(b"AAPL    " + struct.pack(">IIQ", 65537, 1000, 77), ("127.0.0.1", 8080))
        self.assertEqual(client.recv(100), self.order(65537, 200, 0, timestamp=77, end=">"))

    def test_unarmed_it_is_asked_and_nothing_is_sent(self):
        worker = self.worker("--listen", "127.0.0.1:8080", "--logic", self.path)
        self.client().sendto(tick(), ("127.0.0.1", 8080))
        self.assertEqual(worker.until_received(1)["withheld"], "1")

    def test_its_crash_is_the_workers_and_has_a_signal(self):
        worker = self.start()
        self.client().sendto(tick(symbol=b"CRASH"), ("127.0.0.1", 8080))
        self.assertEqual(worker.process.wait(PATIENCE), -signal.SIGABRT)

    def test_what_others_could_have_written_is_not_loaded(self):
        os.chmod(self.path, 0o775)
        self.assertRaisesRegex(RuntimeError, "written by others than its owner", self.start)
        os.chmod(self.path, 0o755)
        os.chown(self.path, 65534, 0)
        self.assertRaisesRegex(RuntimeError, "belongs to user 65534, not to root", self.start)
        os.chown(self.path, 0, 0)
        os.chmod(self.folder.name, 0o777)
        self.assertRaisesRegex(RuntimeError, "written by others", self.start)

    def test_what_is_no_strategy_is_an_error_that_says_so(self):
        with open(self.path, "wb") as file:
            file.write(b"no shared object")
        self.assertRaisesRegex(RuntimeError, "strategy .*dip.so: .*(invalid ELF header|file too short)", self.start)
        run("cc", "-shared", "-fPIC", "-o", self.path, "-x", "c", "/dev/null")
        self.assertRaisesRegex(RuntimeError, "it has no nanotune_strategy", self.start)
        os.unlink(self.path)
        self.assertRaisesRegex(RuntimeError, "dip.so", self.start)


class Trace(Case):
    def traced(self, worker, *packets):
        """A line for each packet, which are sent until somebody looks."""
        client = self.client()
        with subprocess.Popen([WORKER, "trace", worker.shared, str(len(packets))], stdout=subprocess.PIPE, text=True) as tracer:
            self.addCleanup(tracer.kill)
            deadline = time.monotonic() + PATIENCE
            while tracer.poll() is None and time.monotonic() < deadline:
                for packet in packets:
                    client.sendto(packet, ("127.0.0.1", 8080))
                time.sleep(0.05)
            return client.getsockname()[1], tracer.stdout.read().splitlines()

    def test_packets_are_shown_with_sender_outcome_and_time(self):
        worker = self.worker("--listen", "127.0.0.1:8080", "--enabled", "1")
        port, lines = self.traced(worker, tick(), tick(20000), b"short")
        self.assertEqual(len(lines), 3)
        for line in lines:
            self.assertRegex(line, r"^\d\d:\d\d:\d\d\.\d{9} 127\.0\.0\.1:%d (answered|declined|short payload) \d+ ns$" % port)
        self.assertEqual(len({line.split(" ", 2)[2].rsplit(" ", 2)[0] for line in lines}), 3)

    def test_a_strategy_is_asked_and_traced(self):
        os.chmod(self.folder.name, 0o755)
        path = os.path.join(self.folder.name, "dip.so")
        run("cc", "-O2", "-shared", "-fPIC", "-I", os.path.join(HERE, "../../framework/sdk/include"), "-o", path,
            os.path.join(HERE, "../outside-strategy/dip.c"))
        os.chmod(path, 0o755)
        worker = self.worker("--listen", "127.0.0.1:8080", "--enabled", "1", "--logic", path)
        _, lines = self.traced(worker, tick(), tick(15000))
        self.assertEqual(sorted(line.split()[2] for line in lines), ["answered", "declined"])

    def test_probes_tell_others_the_same(self):
        if not os.path.isdir("/sys/bus/event_source/devices/uprobe"):
            self.skipTest("this kernel has no uprobes: that the probes are there is all that is seen")
        worker = self.worker("--listen", "127.0.0.1:8080", "--enabled", "1")
        at = "usdt:%s:nanotune:" % WORKER
        program = (at + 'packet_processed { printf("%s:%d %s %d ns\\n", ntop(*(uint32*)arg0), arg2, str(arg5), arg3); } ' +
                   at + 'drop /arg1 == 4/ { printf("drop %s\\n", str(arg4)); } ' + at + 'kick { printf("kick %d %d\\n", arg0, arg1); }')
        client = self.client()
        expected = {"127.0.0.1:%d %s N ns" % (client.getsockname()[1], outcome) for outcome in ("answered", "declined", "short payload")}
        expected |= {"drop short payload", "kick 1 0"}
        seen = set()
        with subprocess.Popen(["bpftrace", "-e", program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as tracer:
            stop = threading.Event()
            sending = threading.Thread(target=self.send_until, args=(stop, client, tick(), tick(20000), b"short"))
            sending.start()
            watchdog = threading.Timer(PATIENCE, tracer.kill)
            watchdog.start()
            told = []
            for line in tracer.stdout:
                told.append(line)
                seen.add(re.sub(r" \d+ ns$", " N ns", line.strip()))
                if expected <= seen:
                    break
            watchdog.cancel()
            tracer.kill()
            stop.set()
            sending.join()
        self.assertLessEqual(expected, seen, told)
        worker.tell("disarm")  # it goes on without them
        client.sendto(tick(), ("127.0.0.1", 8080))
        deadline = time.monotonic() + PATIENCE
        while worker.count("withheld") == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertGreaterEqual(worker.count("withheld"), 1)

    @staticmethod
    def send_until(stop, client, *packets):
        while not stop.wait(0.05):
            for packet in packets:
                client.sendto(packet, ("127.0.0.1", 8080))

    def test_probes_are_in_the_program_each_with_a_semaphore(self):
        notes = subprocess.run(["readelf", "--notes", WORKER], check=True, capture_output=True, text=True).stdout
        for name, arguments in (("packet_processed", 6), ("drop", 5), ("kick", 2)):
            found = re.search(r"Provider: nanotune\s+Name: %s\s+Location: \S+ Base: \S+ Semaphore: (\S+)\s+Arguments: (.*)" % name,
                              notes)
            self.assertTrue(found, name)
            self.assertNotEqual(int(found[1], 16), 0)
            self.assertEqual(len(found[2].split()), arguments)


class Misuse(Case):
    def refused(self, *words):
        done = subprocess.run([WORKER, *words], capture_output=True, text=True, timeout=PATIENCE)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr

    def test_options_that_make_no_sense_are_named(self):
        shared = os.path.join(self.folder.name, "shared")
        start = ("run", "--shared", shared, "--listen", "127.0.0.1:8080")
        self.assertIn("--backend fast: expected one of auto", self.refused(*start, "--backend", "fast"))
        self.assertIn("--priority 99: expected a number", self.refused(*start, "--priority", "99"))
        self.assertIn("there is no such option", self.refused(*start, "--quick", "yes"))
        self.assertIn("needs a value", self.refused(*start, "--cpus"))
        self.assertIn("an address other than zero", self.refused("run", "--shared", shared, "--listen", "0.0.0.0:80"))
        self.assertIn("IP version", self.refused(*start, "--respond", "[::1]:80"))
        self.assertIn("CPU 4000", self.refused(*start, "--cpus", "4000"))

    def test_real_time_workers_leave_a_cpu_to_everybody_else(self):
        shared = os.path.join(self.folder.name, "shared")
        every = ",".join(str(cpu) for cpu in sorted(os.sched_getaffinity(0)))
        self.assertRegex(self.refused("run", "--shared", shared, "--listen", "127.0.0.1:8080", "--cpus", every,
                                      "--priority", "10"), "real-time class: .*nothing else would run")

    def test_what_is_no_file_of_a_worker_is_not_written(self):
        path = os.path.join(self.folder.name, "other")
        with open(path, "wb") as file:
            file.write(b"x" * 1_000_000)
        self.assertIn("another version", self.refused("arm", path))
        with open(path, "rb") as file:
            self.assertEqual(file.read(), b"x" * 1_000_000)
        os.truncate(path, 100)
        self.assertIn("cut off", self.refused("arm", path))


def take_own_dev():
    """Where /dev/log may be whose it wants."""
    own = tempfile.mkdtemp()
    run("mount", "-t", "tmpfs", "tmpfs", own)
    for name in ("null", "zero", "urandom"):
        open(os.path.join(own, name), "w").close()
        run("mount", "--bind", "/dev/" + name, os.path.join(own, name))
    run("mount", "--move", own, "/dev")


if __name__ == "__main__":
    take_own_dev()
    run("mount", "-t", "sysfs", "sysfs", "/sys")  # which shows this network namespace
    run("ip", "link", "set", "lo", "up")
    unittest.main(verbosity=2)
