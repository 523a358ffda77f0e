"""Single packets, shown as they come."""

import os
import re
import resource
import subprocess
import threading
import time

from market_data import tick
from worker import Case, HERE, PATIENCE, WORKER, run


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

    def test_packets_that_cannot_be_shown_are_no_success(self):
        worker = self.worker("--listen", "127.0.0.1:8080")
        client = self.client()
        with open(os.path.join(self.folder.name, "packets"), "w") as full:
            tracer = subprocess.Popen([WORKER, "trace", worker.shared], stdout=full, stderr=subprocess.PIPE, text=True,
                                      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)))
        self.addCleanup(tracer.communicate)
        self.addCleanup(tracer.kill)
        deadline = time.monotonic() + PATIENCE
        while tracer.poll() is None and time.monotonic() < deadline:
            client.sendto(tick(), ("127.0.0.1", 8080))
            time.sleep(0.02)
        self.assertEqual(tracer.poll(), 1)
        self.assertIn("EFBIG", tracer.stderr.read())

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
