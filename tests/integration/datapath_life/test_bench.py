"""A datapath and `nanotune bench`."""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import threading
import time
import xml.etree.ElementTree

from case import BIN, ORDERS, PATIENCE, Case, tick


class Bench(Case):
    def test_words_of_bench_that_nobody_could_follow_are_refused(self):
        self.assertIn("127.0.0.1:8080x: expected a target", self.nanotune("bench", "generate", "127.0.0.1:8080x", status=1))
        self.assertIn("no ports for 3 flows behind it",
                      self.nanotune("bench", "generate", "127.0.0.1:8080", "--port", "65534", "--flows", "3", status=1))
        self.nanotune("bench", "generate", "127.0.0.1:8080", "--port", "65533", "--flows", "3", "--count", "3", status=0)

    def test_what_would_be_left_undone_is_refused(self):
        for words, why in ((("latency", "--replay", "x"), "--replay: it is for bench generate, not latency"),
                           (("latency", "--burst", "2"), "--burst: it is for bench generate, not latency"),
                           (("generate", "--plot", "x.svg"), "--plot: it is for bench latency, not generate"),
                           (("generate", "--replay", "x", "--price", "1"), "--price: what is replayed is as it was captured"),
                           (("generate", "--rate", "0", "--burst", "8"), "--burst: with --rate 0 packets leave as fast"),
                           (("generate", "--replay", "x", "--burst", "8"), "--burst: what is replayed comes as it was captured"),
                           (("latency", "--interface", "nosuch"), "--interface nosuch: it is not there"),
                           (("latency", "--echo"), "--echo: it is for --tcp"),
                           (("latency", "--csv", "--json"), "--csv and --json: one of them"),
                           (("latency", "--interface", "lo"), "--interface lo: it is for a multicast group")):
            self.assertIn(why, self.nanotune("bench", words[0], "127.0.0.1:8080", *words[1:], status=1))

    def test_it_ends_when_it_is_told_however_long_it_would_wait(self):
        def told_amid(*words):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
                silent.bind(("127.0.0.1", 0))
                silent.settimeout(PATIENCE)
                bench = subprocess.Popen([BIN + "/nanotune", "bench", words[0], "127.0.0.1:%d" % silent.getsockname()[1],
                                          *words[1:], "--json"], stdout=subprocess.PIPE, text=True)
                self.addCleanup(bench.kill)
                silent.recv(100)
                bench.send_signal(signal.SIGINT)
                return json.loads(bench.communicate(timeout=PATIENCE)[0])

        capture = os.path.join(self.folder.name, "gap.pcap")
        with open(capture, "wb") as file:
            udp = struct.pack(">4H", 1000, 8080, 8 + 24, 0) + tick()
            ip = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, 0x7F000001, 0x7F000001) + udp
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
            for second in (1, 3601):
                file.write(struct.pack("<IIII", second, 0, len(ip), len(ip)) + ip)
        self.assertEqual(told_amid("generate", "--replay", capture)["sent"], 1)
        told = told_amid("latency", "--patience", "1h", "--warm-up", "0", "--count", "2")
        self.assertEqual((told["sent"], told["lost"]), (0, 0))  # no answer yet is not one that is lost

    def test_it_is_said_why_packets_were_not_sent(self):
        def answer_a_little_and_go(listener):
            for _ in range(2):
                session, _ = listener.accept()
                for _ in range(3):
                    session.sendall(session.recv(24, socket.MSG_WAITALL))
                session.close()

        with socket.create_server(("127.0.0.1", 0)) as listener:
            target = "127.0.0.1:%d" % listener.getsockname()[1]
            threading.Thread(target=answer_a_little_and_go, args=(listener,), daemon=True).start()
            told = self.bench("latency", target, "--tcp", "--echo", "--count", "50", "--warm-up", "0")
            self.assertGreater(told["not_sent"], 0)
            self.assertRegex(told["not_sent_because"], "EPIPE|ECONNRESET")
            # For long enough: what is sent before the other side comes to closing is taken.
            said = self.nanotune("bench", "generate", target, "--tcp", "--echo", "--count", "300", "--rate", "100", status=0)
            self.assertRegex(said, "not taken by the kernel: .*(EPIPE|ECONNRESET).*; 3 answers seen")
        self.apply(ORDERS)
        self.assertEqual(self.bench("generate", "127.0.0.1:8080", "--count", "5")["not_sent_because"], "")

    def test_an_address_of_one_link_is_measured(self):
        there = self.wire()
        for where, device in ((("-n", "peer"), "feed1"), ((), "feed0")):  # that nobody else has them takes the kernel a moment
            shown = ""
            deadline = time.monotonic() + PATIENCE
            while ("fe80::" not in shown or "tentative" in shown) and time.monotonic() < deadline:
                shown = subprocess.run(["ip", *where, "-6", "address", "show", "dev", device, "scope", "link"], check=True,
                                       capture_output=True, text=True).stdout
        [own] = re.findall(r"fe80::[0-9a-f:]+", shown)
        self.apply("[datapath.orders]\nlisten = '[%s]:8080'\ninterface = 'feed0'\nenabled = true\n" % own)
        told = self.bench("latency", "[%s]:8080" % own, "--interface", "feed1", "--count", "20", "--patience", "10s", prefix=there)
        self.assertEqual((told["sent"], told["answered"]), (20, 20))
        self.assertIn("whose link? --interface says so", self.nanotune("bench", "latency", "[%s]:8080" % own, status=1))

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
        full = ("bench", "latency", "127.0.0.1:8080", "--tcp", "--count", "20", "--patience", "10s", "--plot", "/dev/full")
        told = json.loads(self.nanotune(*full, "--json", status=1))  # what was measured is not lost with its picture
        self.assertEqual(told["answered"], 20)
        self.assertIn("ENOSPC", told["problems"][0]["message"])
        self.assertRegex(self.nanotune(*full, status=1), "(?s)20 +20 +0.*write /dev/full: .*ENOSPC")
        self.until(lambda now: now["counted"]["connections active"] == 0)
        with socket.create_connection(("127.0.0.1", 8080), PATIENCE) as session:
            self.until(lambda now: now["counted"]["connections active"] == 1)
            self.datapath("clear-connections", "orders")
            self.assertEqual(session.recv(1), b"")
        self.until(lambda now: now["counted"]["connections dropped"] == 1)
        self.nanotune("verify", status=0)
        self.assertIn("each session gets its own orders",
                      self.apply(ORDERS + "protocol = 'tcp'\nrespond = '192.0.2.9:1'\n", status=1))
        self.assertEqual(self.orders()["how"], "tcp")  # untouched

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
        for pace in (("generate", "--count", "3"), ("generate", "--count", "300", "--rate", "0"), ("latency", "--count", "3")):
            told = self.nanotune("bench", pace[0], "239.1.1.1:8080", *pace[1:], status=1, prefix=["unshare", "--net"])
            self.assertRegex(told, r"send to 239.1.1.1:8080: none of \d+ packets left: .*\(ENETUNREACH\)")

    def test_no_picture_is_left_of_what_was_not_measured(self):
        path = os.path.join(self.folder.name, "times.svg")
        words = ("bench", "latency", "239.1.1.1:8080", "--count", "3", "--plot", path)
        self.nanotune(*words, status=1, prefix=["unshare", "--net"])
        self.assertFalse(os.path.exists(path))
        with open(path, "w") as file:
            file.write("before")
        self.nanotune(*words, status=1, prefix=["unshare", "--net"])
        with open(path) as file:
            self.assertEqual(file.read(), "before")
