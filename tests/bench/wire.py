#!/usr/bin/env python3
"""Round trips and throughput over a veth pair between two network namespaces: each backend of the datapath, and the
least that a program could do on the same kind of socket; beside them DPDK's testpmd and sockperf's server, where they are
installed. Rounds are interleaved, so that whatever else the machine does meets all of them; what counts is the median of
each round's ratio. Needs two CPUs: 0 asks, 1 answers.

    wire.py BUILD-FOLDER [ROUNDS] [TURNS]         in a namespace of its own (unshare --net)
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = os.path.realpath(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 7
TURNS = sys.argv[3] if len(sys.argv) > 3 else "20000"
HERE = os.path.dirname(os.path.realpath(__file__))
PASS = os.path.join(HERE, "../lab/inside/xdp.py")
ECHO, PING = BUILD + "/tests/bench/wire-echo", BUILD + "/tests/bench/wire-ping"
WORKER = BUILD + "/bin/nanotune-worker"
OWN, PORT = "10.9.0.1", "8080"


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def bare(kind):
    return ["taskset", "-c", "1", ECHO, kind, "w0", OWN, PORT]


SHARED = tempfile.TemporaryDirectory()


def worker(backend, *words):
    device = [] if backend == "udp" else ["--interface", "w0"]
    return [WORKER, "run", "--shared", SHARED.name + "/shared", "--backend", backend, "--listen", OWN + ":" + PORT,
            "--enabled", "1", "--cpus", "1", *device, *words]


def others():
    """What other people use for this, where it is here: how each is started, and how its first words end once it answers."""
    testpmd = ["stdbuf", "-oL", "dpdk-testpmd", "--no-huge", "-m", "512", "--no-pci", "--no-telemetry", "--no-shconf",
               "--main-lcore", "0", "-l", "0,1", "--vdev=net_af_xdp0,iface=w0,start_queue=0,queue_count=1", "--",
               "--forward-mode=5tswap", "--auto-start", "--total-num-mbufs=16384"]
    sockperf = ["stdbuf", "-oL", "sockperf", "server", "--ip", OWN, "--port", PORT, "--nonblocked", "--cpu-affinity", "1"]
    known = {"DPDK testpmd, net_af_xdp": (testpmd, "Press enter to exit", "dpdk-dev"),
             "sockperf server, not blocking": (sockperf, "using recvfrom", "sockperf")}
    found = {}
    for name, (words, ready, package) in known.items():
        if shutil.which(words[2]):
            found[name] = (words, ready)
        else:
            print("%s is not installed (package %s), and is left out." % (words[2], package))
    return found


def received():
    """What the worker has counted, once it counts no more."""
    before, now = -1, 0
    while now != before:
        time.sleep(0.05)
        text = subprocess.run([WORKER, "report", SHARED.name + "/shared"], check=True, capture_output=True, text=True).stdout
        told = dict(line.split(": ", 1) for line in text.splitlines())
        before, now = now, int(told["received"]) - int(told["bypassed"])
    return now


class Wire:
    """w0 here, p0 in a namespace of its own, with a program that takes what XDP sends."""

    def __init__(self):
        run("ip", "link", "set", "lo", "up")
        self.keeper = subprocess.Popen(["unshare", "--net", "sleep", "3600"])
        here = os.stat("/proc/self/ns/net").st_ino
        while os.stat("/proc/%d/ns/net" % self.keeper.pid).st_ino == here:
            time.sleep(0.01)
        self.there = ["nsenter", "--net=/proc/%d/ns/net" % self.keeper.pid]
        run("ip", "link", "add", "w0", "address", "02:00:00:00:09:01", "type", "veth", "peer", "name", "p0", "address",
            "02:00:00:00:09:02")
        run("ip", "link", "set", "p0", "netns", str(self.keeper.pid))
        for where, device, address in (([], "w0", OWN), (self.there, "p0", "10.9.0.2")):
            run(*where, "ip", "address", "add", address + "/24", "dev", device)
            run(*where, "ip", "link", "set", device, "up")
            run(*where, "ethtool", "-K", device, "tx", "off")
        run("ip", "neighbour", "replace", "10.9.0.2", "lladdr", "02:00:00:00:09:02", "dev", "w0")
        run(*self.there, "ip", "neighbour", "replace", OWN, "lladdr", "02:00:00:00:09:01", "dev", "p0")
        self.passing = subprocess.Popen([*self.there, sys.executable, PASS, "program", "p0", "native"],
                                        stdout=subprocess.PIPE, text=True)
        self.passing.stdout.readline()

    def numbers(self, name, *words):
        form = ["sockperf"] if name.startswith("sockperf") else []
        told = subprocess.run([*self.there, "taskset", "-c", "0", PING, words[0], OWN, PORT, words[1], *form], check=True,
                              capture_output=True, text=True).stdout
        return [int(number) for number in told.split()]

    def end(self):
        self.passing.kill()
        self.keeper.kill()


class Answering:
    """A contestant, while it is ready."""

    def __init__(self, words, ready="ready"):
        self.words, self.ready = words, ready

    def __enter__(self):
        for attempt in range(5 if self.ready != "ready" else 1):  # testpmd does not wait for a queue that was just let go
            time.sleep(attempt)
            said = self.begin()
            if said is None:
                return self
        sys.exit("%s: %s" % (" ".join(self.words), said))

    def begin(self):
        """Nothing once it is ready; else what it said."""
        self.process = subprocess.Popen(self.words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True)
        said = []
        for line in self.process.stdout:
            said.append(line)
            if line.startswith(self.ready) or (self.ready != "ready" and self.ready in line):
                return None
        return "".join(said)

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        run("ip", "link", "set", "w0", "xdp", "off")  # testpmd, killed, leaves its program behind


def table(title, unit, measured, pairs):
    print("%s\n%-44s%12s%12s" % (title, "", "median", "best"))
    best = max if unit == "kpps" else min
    for name, values in measured.items():
        print("%-44s%12.2f%12.2f" % ("%s, %s" % (name, unit), statistics.median(values), best(values)))
    for ours, theirs, bound in pairs:
        ratio = statistics.median(a / b for a, b in zip(measured[ours], measured[theirs]))
        print("%-44s%12.3f  (%s)" % ("%s / %s" % (ours, theirs), ratio, bound))
    print(flush=True)


def main():
    contestants = {"bare XDP_TX echo": bare("xdp"), "xdp": worker("xdp"),
                   "bare AF_XDP echo": bare("xsk"), "af_xdp": worker("af_xdp"),
                   "bare packet echo": bare("packet"), "packet": worker("packet"),
                   "bare UDP echo": bare("udp"), "udp": worker("udp"),
                   "bare connected UDP echo": bare("connected")}
    installed = others()
    contestants = {name: (words, "ready") for name, words in contestants.items()} | installed
    wire = Wire()
    times = {name: [] for name in contestants}
    rates = {name: [] for name in contestants}
    lost = dict.fromkeys(contestants, 0)
    for turn in range(ROUNDS):
        for name, contestant in contestants.items():
            with Answering(*contestant):
                nanoseconds, missed = wire.numbers(name, "turns", TURNS)
                times[name].append(nanoseconds / 1000)
                lost[name] += missed
    table("Round trips over veth, %d rounds of %s" % (ROUNDS, TURNS), "us", times,
          [("xdp", "bare XDP_TX echo", "1.05 at most"), ("af_xdp", "bare XDP_TX echo", "1.15 at most"),
           ("bare AF_XDP echo", "bare XDP_TX echo", "floor of the line above"),
           ("af_xdp", "bare connected UDP echo", "0.85 at most"),
           ("bare AF_XDP echo", "bare connected UDP echo", "floor of the line above"),
           ("af_xdp", "bare AF_XDP echo", "1.05 at most"),
           ("packet", "bare packet echo", "1.05 at most"), ("udp", "bare UDP echo", "1.05 at most")])
    print("Answers lost: %s\n" % (", ".join("%s %d" % one for one in lost.items() if one[1] != 0) or "none"))
    for turn in range(max(3, ROUNDS // 2)):
        for name, contestant in contestants.items():
            with Answering(*contestant):
                if name in installed:  # they say a moment before they do
                    wire.numbers(name, "turns", "1")
                sent, answered, took = wire.numbers(name, "flood", "1")
                rates[name].append(answered / took * 1e6)
    table("Answers under a flood from one CPU", "kpps", rates,
          [("xdp", "bare XDP_TX echo", "0.95 at least"), ("af_xdp", "bare AF_XDP echo", "0.95 at least"),
           ("packet", "bare packet echo", "0.95 at least"), ("udp", "bare UDP echo", "0.95 at least")])
    print("Received from one CPU that only sends (logic discard), all rounds\n%-44s%12s%12s" % ("", "sent, kpps", "lost, %"))
    for backend in ("xdp", "af_xdp", "packet", "udp"):
        sent = taken = took = 0
        for turn in range(max(3, ROUNDS // 2)):
            with Answering(worker(backend.split(",")[0], "--logic", "discard")):
                numbers = wire.numbers(backend, "flood", "1")
                sent, took, taken = sent + numbers[0], took + numbers[2], taken + received()
        print("%-44s%12.2f%12.3f" % (backend, sent / took * 1e6, 100 * (1 - taken / sent)))
    wire.end()


main()
