"""A datapath from a profile to its rollback, by the command line, with a real worker and real packets."""

import datetime
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import xml.etree.ElementTree

BIN = sys.argv.pop(1)
HERE = os.path.dirname(os.path.realpath(__file__))
PATIENCE = 30  # seconds; the machine may be busy
ORDERS = "[datapath.orders]\nlisten = '127.0.0.1:8080'\nenabled = true\nrestarts = 1\n"


def tick(price=9999):
    return b"AAPL    " + struct.pack("<IIQ", price, 1000, 1_700_000_000_123_456_789)


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


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


class Life(unittest.TestCase):
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

    def until(self, holds):
        deadline = time.monotonic() + PATIENCE
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

    def test_it_answers_is_restarted_changed_missed_and_taken_back(self):
        self.apply(ORDERS)
        self.assertEqual(self.answered(), (10000, 100))
        first = self.orders()
        self.assertTrue(first["running"] and first["enabled"])
        self.assertEqual(os.stat("/proc/%d" % first["process"]).st_uid, 65534)

        os.kill(first["process"], signal.SIGKILL)
        again = self.until(lambda now: now["running"] and now["restarts"] == 1)
        self.assertNotEqual(again["process"], first["process"])
        self.assertRegex(again["how"], r"; before that: killed by SIGKILL \(20..-..-..T")
        self.assertEqual(again["counted"]["last error"], "killed by SIGKILL")
        self.assertLess(abs(moment(again["counted"]["last error at"]) - time.time()), 60)
        self.assertEqual(self.answered(), (10000, 100))
        self.nanotune("verify", status=0)

        self.apply(ORDERS + "price = 500\nquantity = 7\n")
        self.assertEqual(self.answered(499), (500, 7))
        self.assertEqual(self.orders()["process"], again["process"])  # not started anew

        os.kill(again["process"], signal.SIGKILL)  # once too often
        self.until(lambda now: not now["running"] and "after 1 restart" in now["how"])
        self.assertIn("killed by SIGKILL", self.nanotune("verify", status=2))
        self.nanotune("apply", os.path.join(self.folder.name, "orders.toml"), status=0)
        self.assertEqual(self.answered(499), (500, 7))

        self.assertIn("datapath", self.nanotune("capture", status=0))
        self.nanotune("rollback", "--all", status=0)
        self.assert_nothing_is_left()

    def test_settings_change_while_packets_come_and_none_is_lost(self):
        self.apply(ORDERS)
        first = self.orders()["process"]
        feed = subprocess.Popen([BIN + "/nanotune", "bench", "generate", "127.0.0.1:8080", "--count", "6000", "--rate", "3000",
                                 "--json"], stdout=subprocess.PIPE, text=True)
        prices = []
        while feed.poll() is None:
            prices.append(5000 + 10000 * (len(prices) % 2))
            self.apply(ORDERS + "price = %d\nquantity = %d\n" % (prices[-1], len(prices)))
            self.datapath("disable" if len(prices) % 3 == 0 else "enable", "orders")
        told = json.loads(feed.communicate()[0])
        self.assertGreater(len(prices), 1)
        counted = self.until(lambda now: now["counted"]["received"] == told["sent"])["counted"]
        self.assertEqual(counted["answered"] + counted["declined"] + counted["withheld"], 6000)
        self.assertTrue(counted["answered"] and counted["declined"], counted)
        self.assertLessEqual(told["answers"], counted["answered"])  # the last may come when nobody listens any more
        self.assertGreater(told["answers"], 0)
        self.assertEqual((counted["dropped before a worker"], self.orders()["process"]), (0, first))

    def test_a_strategy_that_crashes_is_told_with_its_signal_and_started_again(self):
        header = os.path.join(HERE, "../../framework/sdk/include")
        path = os.path.join(self.folder.name, "dip.so")
        os.chmod(self.folder.name, 0o755)
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-I", header, "-o", path, HERE + "/../outside-strategy/dip.c"],
                       check=True)
        os.chmod(path, 0o755)
        self.apply(ORDERS + "logic = '%s'\n" % path)
        self.assertEqual(self.answered(), (9999, 200))
        for restarts in (1, 2):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.sendto(b"CRASH   " + tick()[8:], ("127.0.0.1", 8080))
            if restarts == 1:
                again = self.until(lambda now: now["running"] and now["restarts"] == 1)
                self.assertIn("killed by SIGABRT", again["counted"]["last error"])
                self.assertEqual(self.answered(), (9999, 200))
        self.until(lambda now: not now["running"] and "after 1 restart" in now["how"])
        self.assertIn("killed by SIGABRT", self.nanotune("verify", status=2))
        os.chmod(path, 0o777)
        said = self.nanotune("apply", os.path.join(self.folder.name, "orders.toml"), status=4)
        self.assertIn("written by others", said)

    def test_real_time_datapaths_together_leave_a_cpu_to_everybody_else(self):
        each = "[datapath.on%d]\nlisten = '127.0.0.1:%d'\npriority = 10\ncpus = '%d'\n"
        said = self.apply("".join(each % (cpu, 8080 + cpu, cpu) for cpu in sorted(os.sched_getaffinity(0))), status=4)
        self.assertIn("that keep house, and nothing else would run", said)
        self.assert_nothing_is_left()

    def test_a_strategy_may_have_words_before_the_worker_is_ready(self):
        header = os.path.join(HERE, "../../framework/sdk/include")
        path, greeting = (os.path.join(self.folder.name, name) for name in ("dip.so", "greeting.c"))
        os.chmod(self.folder.name, 0o755)
        with open(greeting, "w") as file:
            file.write('#include <stdio.h>\n__attribute__((constructor)) static void greet(void) {\n'
                       '    fputs("no licence: ", stderr);\n    fputs("a demonstration\\n", stderr);\n'
                       '    puts("already here");\n    fputs("ready or not... ", stdout);\n}\n')
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-I", header, "-o", path, HERE + "/../outside-strategy/dip.c",
                        greeting], check=True)
        os.chmod(path, 0o755)
        self.apply(ORDERS + "logic = '%s'\n" % path)
        self.assertEqual(self.answered(), (9999, 200))

    def test_words_of_bench_that_nobody_could_follow_are_refused(self):
        self.assertIn("127.0.0.1:8080x: expected a target", self.nanotune("bench", "generate", "127.0.0.1:8080x", status=1))
        self.assertIn("no ports for 3 flows behind it",
                      self.nanotune("bench", "generate", "127.0.0.1:8080", "--port", "65534", "--flows", "3", status=1))
        self.nanotune("bench", "generate", "127.0.0.1:8080", "--port", "65533", "--flows", "3", "--count", "3", status=0)

    def test_packets_are_shown_by_the_name_of_their_datapath(self):
        self.apply(ORDERS)
        with subprocess.Popen([BIN + "/nanotune", "datapath", "trace", "orders", "--count", "2", "--state-dir", self.state,
                               "--direct"], stdout=subprocess.PIPE, text=True) as tracer:
            self.addCleanup(tracer.kill)
            deadline = time.monotonic() + PATIENCE
            while tracer.poll() is None and time.monotonic() < deadline:
                self.answered(patience=0.1)
            self.assertEqual([line.split()[2] for line in tracer.stdout], ["answered", "answered"])
        self.assertEqual(tracer.returncode, 0)
        self.assertIn("there is no worker other", self.nanotune("datapath", "trace", "other"))

    def test_of_a_datapath_that_is_not_there_the_nearest_is_told(self):
        self.apply(ORDERS)
        for verb in ("stats", "start", "disable", "trace"):
            self.assertIn("there is no worker ordres; did you mean orders?",
                          self.nanotune("datapath", verb, "ordres", status=1))
        self.assertNotIn("did you mean", self.nanotune("datapath", "stop", "quotes", status=1))

    def test_the_switch_needs_nobody_and_holds_through_a_restart(self):
        self.apply(ORDERS)
        self.datapath("disable", "--all")
        before = self.orders()["counted"]["withheld"]
        self.assertIsNone(self.answered(patience=0.3))
        self.until(lambda now: now["counted"]["withheld"] == before + 1)
        os.kill(self.orders()["process"], signal.SIGKILL)
        self.until(lambda now: now["running"] and now["restarts"] == 1)
        self.assertFalse(self.orders()["enabled"])
        self.nanotune("verify", status=2)  # the profile wants it enabled
        self.datapath("stop", "orders")
        self.datapath("start", "orders")
        self.assertFalse(self.orders()["enabled"])
        self.datapath("enable", "orders")
        self.assertEqual(self.answered(), (10000, 100))
        self.datapath("reset", "orders")
        self.assertEqual(self.orders()["counted"]["received"], 0)
        self.nanotune("verify", status=0)

    def hold(self, process):
        """Until none of its threads runs any more, which is not yet so when the signal is sent."""
        os.kill(process, signal.SIGSTOP)
        def states():
            for thread in os.listdir("/proc/%d/task" % process):
                with open("/proc/%d/task/%s/stat" % (process, thread)) as file:
                    yield file.read().rpartition(")")[2].split()[0]
        while any(state != "T" for state in states()):
            time.sleep(0.005)

    def test_a_reset_is_done_by_every_worker_once_the_command_says_so(self):
        self.apply(ORDERS + "cpus = '%s'\n" % ",".join(map(str, sorted(os.sched_getaffinity(0))[:2])))
        worker = self.orders()["process"]

        def counts(packets):
            for _ in range(packets):
                self.assertEqual(self.answered(), (10000, 100))
            self.until(lambda now: now["counted"]["received"] == packets)

        for packets in range(1, 9):
            counts(packets)
            self.datapath("reset", "orders")
            self.assertEqual(self.orders()["counted"]["received"], 0)
        counts(1)
        self.hold(worker)
        self.addCleanup(os.kill, worker, signal.SIGCONT)
        said = self.nanotune("datapath", "reset", "orders")
        self.assertIn("process %d, has not done so within 2 s" % worker, said)
        self.assertEqual(self.orders()["counted"]["received"], 1)
        going_on = threading.Timer(0.5, os.kill, (worker, signal.SIGCONT))
        going_on.start()
        self.addCleanup(going_on.join)
        self.datapath("reset", "orders")
        self.assertEqual(self.orders()["counted"]["received"], 0)

    def test_after_a_reset_what_was_lost_before_it_is_not_told_any_more(self):
        self.apply(ORDERS)
        worker = self.orders()["process"]
        for _ in range(2):
            self.hold(worker)
            told = json.loads(subprocess.run([BIN + "/nanotune", "bench", "generate", "127.0.0.1:8080", "--count", "60000",
                                              "--rate", "0", "--json"], check=True, capture_output=True, text=True).stdout)
            os.kill(worker, signal.SIGCONT)
            counted = self.until(lambda now: now["counted"]["received"] + now["counted"]["dropped before a worker"] ==
                                 told["sent"])["counted"]
            self.assertGreater(counted["dropped before a worker"], 0)
            self.datapath("reset", "orders")
            counted = self.orders()["counted"]
            self.assertEqual((counted["received"], counted["dropped before a worker"], counted["worker 0, dropped before"]),
                             (0, 0, 0))
            self.until(lambda now: now["counted"]["worker 0, bytes waiting, most"] == 0)

    def test_after_a_reset_sessions_are_counted_anew_and_stay(self):
        self.apply(ORDERS + "protocol = 'tcp'\n")
        with socket.create_connection(("127.0.0.1", 8080), PATIENCE) as session:
            self.until(lambda now: now["counted"]["connections opened"] == 1)
            self.datapath("reset", "orders")
            counted = self.orders()["counted"]
            self.assertEqual((counted["connections opened"], counted["connections active"]), (0, 1))
            session.send(tick())
            self.assertEqual(len(session.recv(100)), 41)
        self.until(lambda now: now["counted"]["connections closed"] == 1 and now["counted"]["connections active"] == 0)

    def test_a_keeper_that_is_killed_takes_its_worker_with_it(self):
        self.apply(ORDERS)
        worker = self.orders()["process"]
        [keeper] = [process for process in workers() if process != worker]
        os.kill(keeper, signal.SIGKILL)
        self.until(lambda now: not now["running"])
        self.assertIn("its keeper", self.nanotune("verify", status=2))
        self.nanotune("rollback", "--all", status=0)
        self.assert_nothing_is_left()

    def test_a_worker_that_cannot_start_says_why_and_everything_is_taken_back(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 8080))
            said = self.apply(ORDERS + "[sysctl]\n'net.ipv4.tcp_autocorking' = 0\n", status=4)
        self.assertIn("EADDRINUSE", said)
        with open("/proc/sys/net/ipv4/tcp_autocorking") as file:
            self.assertEqual(file.read(), "1\n")
        self.assert_nothing_is_left()

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

    def test_a_device_that_goes_away_is_waited_for(self):
        self.wire()
        self.apply("[datapath.orders]\nlisten = '192.0.2.1:8080'\ninterface = 'feed0'\nenabled = true\nbackend = 'packet'\n")
        subprocess.run(["ip", "link", "delete", "feed0"], check=True)
        gone = self.until(lambda now: not now["running"] and "feed0: the device has gone" in now["how"])
        self.assertIn("is started again", gone["how"])
        self.assertIn("the device has gone", self.nanotune("verify", status=2))
        self.assertIn("datapath orders on 192.0.2.1:8080 does not run: ", self.nanotune("status"))
        time.sleep(1)  # one that failed again would have been started again by now
        self.assertLessEqual(self.orders()["restarts"], 1)
        there = self.wire()
        self.until(lambda now: now["running"])
        told = self.bench("latency", "192.0.2.1:8080", "--count", "100", "--patience", "1s", prefix=there)
        self.assertGreater(told["answered"], 0)
        self.nanotune("verify", status=0)

    def test_the_fastest_backend_that_works_is_taken_and_measured(self):
        there = self.wire()
        self.apply("[datapath.orders]\nlisten = '192.0.2.1:8080'\ninterface = 'feed0'\nenabled = true\n")
        self.assertTrue(self.orders()["how"].startswith("packet; xdp: "), self.orders()["how"])
        for loop, words in (("closed", ()), ("open", ("--rate", "500"))):
            told = json.loads(self.nanotune("bench", "latency", "192.0.2.1:8080", "--count", "200", "--patience", "10s",
                                            *words, "--json", status=0, prefix=there))
            self.assertEqual((told["loop"], told["sent"], told["answered"], told["lost"]), (loop, 200, 200, 0))
            self.assertTrue(0 < told["min_ns"] <= told["p50_ns"] <= told["p99_ns"] <= told["max_ns"])
            self.assertEqual(sum(bar["count"] for bar in told["histogram"]), 200)
        self.datapath("reset", "orders")
        told = json.loads(self.nanotune("bench", "generate", "192.0.2.1:8080", "--count", "300", "--price", "9999,10000,1",
                                        "--flows", "3", "--rate", "3000", "--burst", "10", "--json", status=0, prefix=there))
        self.assertEqual(told["sent"], 300)
        counted = self.until(lambda now: now["counted"]["received"] == 300)["counted"]
        self.assertEqual((counted["answered"], counted["declined"]), (200, 100))
        self.nanotune("rollback", "--all", status=0)

    def bench(self, *words, prefix=()):
        return json.loads(self.nanotune("bench", *words, "--json", status=0, prefix=prefix))

    def test_sessions_are_measured_and_dropped_by_order(self):
        self.apply(ORDERS + "protocol = 'tcp'\n")
        self.assertEqual(self.orders()["how"], "tcp")
        picture = os.path.join(self.folder.name, "times.svg")
        for words in ((), ("--rate", "500", "--flows", "3")):
            told = self.bench("latency", "127.0.0.1:8080", "--tcp", "--count", "200", "--patience", "10s", "--plot", picture,
                              *words)
            self.assertEqual((told["sent"], told["answered"], told["lost"]), (200, 200, 0))
            root = xml.etree.ElementTree.parse(picture).getroot()
            text = " ".join(root.itertext())
            self.assertIn("200 answered, 0 lost", text)
            self.assertRegex(text, r"median [\d.]+ (ns|us|ms|s)")
            self.assertGreater(len(root.findall(".//{*}rect")), 1)
        with socket.create_connection(("127.0.0.1", 8080), PATIENCE) as session:
            self.until(lambda now: now["counted"]["connections active"] == 1)
            self.datapath("clear-connections", "orders")
            self.assertEqual(session.recv(1), b"")
        self.until(lambda now: now["counted"]["connections dropped"] == 1)
        self.nanotune("verify", status=0)
        self.assertIn("each session gets its own orders",
                      self.apply(ORDERS + "protocol = 'tcp'\nrespond = '192.0.2.9:1'\n", status=4))
        self.assertEqual(self.orders()["how"], "tcp")  # as it was

    def test_connections_of_others_are_followed_and_forgotten_by_order(self):
        there = self.wire()
        self.apply("[datapath.orders]\nlisten = '192.0.2.1:8080'\ninterface = 'feed0'\nprotocol = 'tcp'\nenabled = true\n"
                   "backend = 'packet'\nrespond = '192.0.2.2:9999'\n")
        with socket.create_server(("192.0.2.1", 8080)) as server:
            server.settimeout(PATIENCE)
            with subprocess.Popen([*there, "python3", "-c", CONNECTED, tick().hex()], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE) as client:
                self.addCleanup(client.kill)
                with server.accept()[0]:
                    self.assertEqual(struct.unpack_from("<II", bytes.fromhex(client.stdout.readline().decode()), 8), (10000, 100))
                    self.assertEqual(self.orders()["counted"]["connections active"], 1)
                    self.datapath("clear-connections", "orders")
                    self.until(lambda now: now["counted"]["connections dropped"] == 1)
                    client.communicate(b"go on\n", timeout=PATIENCE)
                    self.until(lambda now: now["counted"]["unknown connection"] == 1)
        self.nanotune("verify", status=0)

    def test_what_was_captured_is_replayed(self):
        self.apply(ORDERS)
        path = os.path.join(self.folder.name, "feed.pcap")

        def packet(payload, kind=17, tag=b""):
            ip = struct.pack("!BBHHHBBH8x", 0x45, 0, 28 + len(payload), 1, 0x4000, 64, kind, 0)
            udp = struct.pack("!HHHH", 1, 2, 8 + len(payload), 0)
            return bytes(12) + tag + b"\x08\0" + ip + udp + payload

        frames = [packet(tick(9000)), packet(tick(9001), tag=b"\x81\0\0\x05"), packet(tick(), kind=6), packet(tick(20000)),
                  bytes(30)]
        for order, fraction in (("<", 0xA1B2C3D4), (">", 0xA1B23C4D)):
            with open(path, "wb") as file:
                file.write(struct.pack(order + "IHHiIII", fraction, 2, 4, 0, 0, 65535, 1))
                for number, frame in enumerate(frames):
                    file.write(struct.pack(order + "IIII", 5, number * 1000, len(frame), len(frame)) + frame)
            self.datapath("reset", "orders")
            told = self.bench("generate", "127.0.0.1:8080", "--replay", path)
            self.assertEqual((told["sent"], told["skipped"]), (3, 2))
            counted = self.until(lambda now: now["counted"]["received"] == 3)["counted"]
            self.assertEqual((counted["answered"], counted["declined"]), (2, 1))
        os.truncate(path, os.path.getsize(path) - 1)
        self.assertIn("it is cut off", self.nanotune("bench", "generate", "127.0.0.1:8080", "--replay", path))

    def test_market_data_that_cannot_leave_is_an_error(self):
        for pace in (("--count", "3"), ("--count", "300", "--rate", "0")):
            told = self.nanotune("bench", "generate", "239.1.1.1:8080", *pace, status=1, prefix=["unshare", "--net"])
            self.assertRegex(told, r"send to 239.1.1.1:8080: none of \d+ packets left: .*\(ENETUNREACH\)")

    def test_a_multicast_group_is_joined_and_left(self):
        there = self.wire()
        self.apply("[datapath.orders]\nlisten = '239.1.1.1:8080'\ninterface = 'feed0'\nenabled = true\n"
                   "respond = '192.0.2.2:9999'\n")
        self.assertIn("joined on feed0", self.orders()["how"])
        told = subprocess.run([*there, "python3", "-c", MULTICAST, tick().hex()], check=True, capture_output=True,
                              timeout=PATIENCE * 2).stdout
        self.assertEqual(struct.unpack_from("<II", told, 8), (10000, 100))
        for words in ((), ("--rate", "300")):
            told = self.bench("latency", "239.1.1.1:8080", "--count", "100", "--patience", "10s", "--interface", "feed1",
                              "--from", "192.0.2.2", "--port", "9999", *words, prefix=there)
            self.assertEqual((told["sent"], told["answered"], told["lost"]), (100, 100, 0))
        notes = json.loads(self.nanotune("status", "--json", status=0))["notes"]
        self.assertIn("datapath orders on 239.1.1.1:8080: multicast group joined; filter of the device: none", notes[-1])
        subprocess.run(["ip", "link", "set", "feed0", "allmulticast", "on"], check=True)
        deadline = time.monotonic() + PATIENCE
        while "filter of the device: all-multicast" not in self.nanotune("status"):
            self.assertLess(time.monotonic(), deadline)
        self.nanotune("rollback", "--all", status=0)
        with open("/proc/net/igmp") as groups:
            self.assertNotIn("010101EF", groups.read())


MULTICAST = """
import socket, sys, time
orders = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
orders.bind(("192.0.2.2", 9999))
orders.settimeout(0.2)
feed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
feed.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("192.0.2.2"))
deadline = time.monotonic() + %d
while time.monotonic() < deadline:
    feed.sendto(bytes.fromhex(sys.argv[1]), ("239.1.1.1", 8080))
    try:
        sys.stdout.buffer.write(orders.recv(100))
        break
    except TimeoutError:
        pass  # the wire is not up yet
""" % PATIENCE

CONNECTED = """
import socket, sys
orders = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
orders.bind(("192.0.2.2", 9999))
orders.settimeout(%d)
session = socket.create_connection(("192.0.2.1", 8080), %d)
session.send(bytes.fromhex(sys.argv[1]))
print(orders.recv(100).hex(), flush=True)
sys.stdin.readline()
session.send(bytes.fromhex(sys.argv[1]))
""" % (PATIENCE, PATIENCE)

if __name__ == "__main__":
    for folder in ("/run", "/var/lib"):  # where nanotune keeps what is its own
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", folder], check=True)
    subprocess.run(["mount", "-t", "sysfs", "sysfs", "/sys"], check=True)  # which shows this network namespace
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    unittest.main()
