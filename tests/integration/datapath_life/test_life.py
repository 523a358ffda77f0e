"""A datapath from a profile to its rollback: what ends it, what starts it again, and what keeps it from starting."""

import datetime
import json
import os
import signal
import socket
import struct
import subprocess
import time

from case import HERE, ORDERS, PATIENCE, Case, tick, workers

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

def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Life(Case):
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

    def test_a_strategy_that_does_not_come_back_is_told_and_its_worker_started_again(self):
        path = self.strategy('if (memcmp(ticks->symbol, "HANG", 4) == 0) for (;;) __asm__ volatile("");')
        self.apply(ORDERS + "logic = '%s'\n" % path)
        self.assertEqual(self.answered(), (9999, 1))
        first = self.orders()["process"]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"HANG    " + tick()[8:], ("127.0.0.1", 8080))
        told = self.until(lambda now: now["hangs"])
        self.assertTrue(told["running"] and told["process"] == first, told)
        self.assertRegex(told["how"], "^udp: worker 0 has not come back from its strategy since 20..-..-..T.*; udp")
        self.assertRegex(self.datapath("list"), "orders +hangs ")
        self.assertIn("datapath orders on 127.0.0.1:8080 hangs: udp: worker 0 has not come back", self.nanotune("status"))
        again = self.until(lambda now: now["running"] and not now["hangs"], 5 * PATIENCE)  # of a CPU's time 10 s
        self.assertEqual(again["restarts"], 1)
        self.assertEqual(again["counted"]["last error"], "ended with 1: worker 0 did not come back from its strategy for 10 s")
        self.assertEqual(self.answered(), (9999, 1))

    def test_a_strategy_that_comes_back_late_is_told_only_until_then_and_sends_nothing_if_it_was_disarmed_meanwhile(self):
        path = self.strategy('while (memcmp(ticks->symbol, "LATE", 4) == 0 && *gate != \'+\') {}')
        self.apply(ORDERS + "logic = '%s'\n" % path)
        before = self.orders()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect(("127.0.0.1", 8080))
            client.send(b"LATE    " + tick()[8:])
            self.until(lambda now: now["hangs"])
            self.gate("+")
            client.settimeout(PATIENCE)
            self.assertEqual(len(client.recv(100)), 41)
            after = self.until(lambda now: not now["hangs"])
            for name in ("running", "process", "restarts", "how"):
                self.assertEqual(after[name], before[name])

            self.gate("-")
            client.send(b"LATE    " + tick()[8:])
            self.until(lambda now: now["hangs"])
            self.datapath("disable", "orders")
            self.gate("+")
            counted = self.until(lambda now: now["counted"]["received"] == 2)["counted"]
            self.assertEqual((counted["answered"], counted["withheld"]), (1, 1))
            client.setblocking(False)
            self.assertRaises(BlockingIOError, client.recv, 100)

    def test_one_whose_strategy_does_not_come_back_ends_when_it_is_told(self):
        path = self.strategy('if (memcmp(ticks->symbol, "HANG", 4) == 0) for (;;) __asm__ volatile("");')
        self.apply(ORDERS + "logic = '%s'\n" % path)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"HANG    " + tick()[8:], ("127.0.0.1", 8080))
        self.until(lambda now: now["hangs"])
        self.datapath("stop", "orders")
        stopped = self.orders()
        self.assertEqual((stopped["running"], stopped["hangs"], stopped["how"]), (False, False, "stopped"))
        self.datapath("start", "orders")
        self.assertEqual(self.answered(), (9999, 1))

    def test_real_time_datapaths_together_leave_a_cpu_to_everybody_else(self):
        each = "[datapath.on%d]\nlisten = '127.0.0.1:%d'\npriority = 10\ncpus = '%d'\n"
        said = self.apply("".join(each % (cpu, 8080 + cpu, cpu) for cpu in sorted(os.sched_getaffinity(0))), status=4)
        self.assertIn("that keep house, and nothing else would run", said)
        self.assert_nothing_is_left()

    def test_another_one_takes_its_address_over_with_a_profile_and_gives_it_back(self):
        self.apply(ORDERS)
        self.apply(ORDERS.replace("datapath.orders", "datapath.another") + "price = 500\n")
        self.assertEqual(self.answered(499), (500, 100))
        self.assertEqual(self.orders()["name"], "another")
        self.nanotune("rollback", status=0)
        self.assertEqual(self.answered(), (10000, 100))
        self.assertEqual(self.orders()["name"], "orders")

    def test_one_that_comes_to_sleep_may_have_a_priority_on_every_cpu(self):
        self.wire()
        cpus = ",".join(map(str, sorted(os.sched_getaffinity(0))))
        profile = ("[datapath.orders]\nlisten = '192.0.2.1:8080'\ninterface = 'feed0'\npriority = 10\ncpus = '%s'\n"
                   "checksums = '%%s'\n" % cpus)
        self.apply(profile % "trust")
        self.assertTrue(self.orders()["how"].startswith("xdp, "), self.orders()["how"])
        known = json.loads(self.nanotune("list", "datapath", "--json", status=0))["settings"]
        self.assertLessEqual({"datapath." + name for name in self.orders()["settings"]}, {one["name"] for one in known})
        said = self.apply(profile % "verify", status=4)
        self.assertRegex(said.replace("\n", " "), "nothing else would run.*xdp: what comes over a veth pair")
        self.assertTrue(self.orders()["how"].startswith("xdp, "), self.orders()["how"])  # as it was
        self.apply("[datapath.others]\nlisten = '127.0.0.1:8081'\npriority = 10\ncpus = '%s'\n" % cpus.split(",")[0] +
                   profile % "trust")  # beside one that never sleeps, too

    def test_what_its_keeper_goes_by_changes_beside_it(self):
        self.apply(ORDERS)
        worker = self.orders()["process"]
        self.apply(ORDERS.replace("restarts = 1", "restarts = 0") + "start = 'anyway'\n")
        self.assertEqual(self.orders()["process"], worker)
        self.nanotune("verify", status=0)
        os.kill(worker, signal.SIGKILL)
        self.until(lambda now: not now["running"] and "after 0 restarts" in now["how"])

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

    def test_a_strategy_that_says_it_is_ready_is_not_taken_for_a_worker_that_is(self):
        path, source = (os.path.join(self.folder.name, name) for name in ("boast.so", "boast.c"))
        os.chmod(self.folder.name, 0o755)
        with open(source, "w") as file:
            file.write('#include <stdio.h>\n#include <unistd.h>\n#include <nanotune/strategy.h>\n'
                       'static void* start(uint32_t worker) {\n    (void)worker;\n    puts("ready: at once");\n'
                       '    fflush(stdout);\n    usleep(300000);\n    return 0;\n}\n'
                       'static void decide(void* state, const struct nanotune_limits* limits, const struct nanotune_tick* ticks,\n'
                       '                   struct nanotune_order* orders, uint32_t count) {\n'
                       '    (void)state, (void)limits, (void)ticks, (void)orders, (void)count;\n}\n'
                       'const struct nanotune_strategy_calls nanotune_strategy = {NANOTUNE_STRATEGY_ABI,\n'
                       '    sizeof(struct nanotune_strategy_calls), "boast", start, decide, 0};\n')
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-I", os.path.join(HERE, "../../framework/sdk/include"), "-o", path,
                        source], check=True)
        os.chmod(path, 0o755)
        self.assertIn("strategy boast: it does not start for worker 0", self.apply(ORDERS + "logic = '%s'\n" % path, status=4))

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
        self.assertEqual((said.count("EADDRINUSE"), said.count("not done: listen says why")), (1, 2), said)
        self.assertRegex(said, r"orders.toml:2:\d+: datapath.listen on datapath orders: .*EADDRINUSE")
        said = self.apply(ORDERS + "interface = 'nope0'\n", status=1)
        self.assertRegex(said, r"orders.toml:5:\d+: datapath.interface on datapath orders: interface: device nope0")
        with open("/proc/sys/net/ipv4/tcp_autocorking") as file:
            self.assertEqual(file.read(), "1\n")
        self.assert_nothing_is_left()

    def test_a_device_that_goes_away_is_waited_for(self):
        self.wire()
        self.apply("[datapath.orders]\nlisten = '192.0.2.1:8080'\ninterface = 'feed0'\nenabled = true\nbackend = 'packet'\n")
        subprocess.run(["ip", "link", "delete", "feed0"], check=True)
        gone = self.until(lambda now: not now["running"] and "waits until" in now["how"])
        self.assertIn("feed0: the device has gone", gone["how"])
        self.assertIn("is started again: packet: waits until feed0 is there and up", gone["how"])
        self.assertIn("the device has gone", self.nanotune("verify", status=2))
        self.assertIn("datapath orders on 192.0.2.1:8080 does not run: ", self.nanotune("status"))
        time.sleep(1)  # one that failed again would have been started again by now
        self.assertLessEqual(self.orders()["restarts"], 1)
        there = self.wire()
        self.until(lambda now: now["running"])
        told = self.bench("latency", "192.0.2.1:8080", "--count", "100", "--patience", "1s", prefix=there)
        self.assertGreater(told["answered"], 0)
        self.nanotune("verify", status=0)

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
