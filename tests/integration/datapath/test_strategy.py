"""A logic of somebody else's."""

import os
import shutil
import signal
import struct
import time

from market_data import tick
from worker import Case, HERE, PATIENCE, run


MANY = """
#define _GNU_SOURCE
#include <errno.h>
#include <nanotune/strategy.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>
static int found, bit;
static void seen(int is_right) { found |= is_right << bit++; }
static void* nothing(void* given) { return given; }
static void stay(pid_t made) {
    if (made == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) pause();
    }
}
static void* start(uint32_t worker) {
    char* words[] = {"true", 0};
    char* none[] = {0};
    pthread_t thread;
    pid_t made = fork();
    (void)worker;
    stay(made);
    seen(made < 0 && errno == EPERM);
    made = vfork();
    if (made == 0) _exit(0);
    seen(made < 0 && errno == EPERM);
    seen(posix_spawn(&made, "/bin/true", 0, 0, words, none) == EPERM);
    seen(pthread_create(&thread, 0, nothing, 0) == 0 && pthread_join(thread, 0) == 0);
    return &found;
}
static void decide(void* state, const struct nanotune_limits* limits, const struct nanotune_tick* ticks,
                   struct nanotune_order* orders, uint32_t count) {
    (void)state, (void)limits, (void)ticks;
    for (uint32_t at = 0; at < count; ++at)
        orders[at] = (struct nanotune_order){.price = (uint32_t)found, .quantity = 1, .is_wanted = 1};
}
const struct nanotune_strategy_calls nanotune_strategy = {NANOTUNE_STRATEGY_ABI, sizeof(struct nanotune_strategy_calls),
                                                          "many", start, decide, 0};
"""

LATE = """
#include <fcntl.h>
#include <nanotune/strategy.h>
#include <sys/mman.h>
static const volatile char* gate;
__attribute__((constructor)) static void find_gate(void) {
    gate = mmap(0, 1, PROT_READ, MAP_SHARED, open("%s", O_RDONLY), 0);
}
static void decide(void* state, const struct nanotune_limits* limits, const struct nanotune_tick* ticks,
                   struct nanotune_order* orders, uint32_t count) {
    (void)state, (void)limits;
    while (*gate != '+') {}
    for (uint32_t at = 0; at < count; ++at)
        orders[at] = (struct nanotune_order){.price = ticks[at].price, .quantity = 1, .is_wanted = 1};
}
const struct nanotune_strategy_calls nanotune_strategy = {NANOTUNE_STRATEGY_ABI, sizeof(struct nanotune_strategy_calls),
                                                          "late", 0, decide, 0};
"""

HANGS = struct.pack("I", 3)  # State::hangs, at SharedHead::state


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

    def build(self, text):
        source = os.path.join(self.folder.name, "own.c")
        with open(source, "w") as file:
            file.write(text)
        run("cc", "-O2", "-shared", "-fPIC", "-I", os.path.join(HERE, "../../framework/sdk/include"), "-o", self.path, source)

    def test_one_that_comes_back_late_is_told_also_where_nobody_reads_what_the_worker_says(self):
        gate = os.path.join(self.folder.name, "gate")
        with open(gate, "w") as file:
            file.write("-")
        self.build(LATE % gate)
        worker = self.start()
        worker.process.stdout.close()
        client = self.client()
        client.sendto(tick(), ("127.0.0.1", 8080))
        deadline = time.monotonic() + 5 * PATIENCE
        with open(worker.shared, "rb", buffering=0) as shared:  # a look by a process may take the 8 s that it is so
            while os.pread(shared.fileno(), 4, 16) != HANGS:
                self.assertIsNone(worker.process.poll())
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.02)
        with open(gate, "r+") as file:
            file.write("+")
        self.assertEqual(len(client.recv(100)), 41)
        self.assertEqual(worker.stop(), 0)

    def test_it_makes_threads_and_no_processes_which_would_outlive_it(self):
        self.build(MANY)
        worker = self.start()
        client = self.client()
        client.sendto(tick(), ("127.0.0.1", 8080))
        self.assertEqual(struct.unpack_from("<I", client.recv(100), 8)[0], 0b1111)  # what was as it should be
        self.assertEqual(worker.stop(), 0)

    def test_what_others_could_have_written_is_not_loaded(self):
        os.chmod(self.path, 0o775)
        self.assertRaisesRegex(RuntimeError, "written by others than its owner", self.start)
        os.chmod(self.path, 0o755)
        os.chown(self.path, 65534, 0)
        self.assertRaisesRegex(RuntimeError, "belongs to user 65534, not to root", self.start)
        os.chown(self.path, 0, 0)
        os.chmod(self.folder.name, 0o777)
        self.assertRaisesRegex(RuntimeError, "written by others", self.start)

    def nothing_but_numbers(self):
        path = os.path.join(self.folder.name, "numbers.c")
        with open(path, "w") as file:
            file.write("const struct { unsigned abi, size; void* rest[4]; } nanotune_strategy = {FIRST, 40, {0}};\n")
        return path

    def test_what_is_no_strategy_is_an_error_that_says_so(self):
        with open(self.path, "wb") as file:
            file.write(b"no shared object")
        self.assertRaisesRegex(RuntimeError, "strategy .*dip.so: .*(invalid ELF header|file too short)", self.start)
        run("cc", "-shared", "-fPIC", "-o", self.path, "-x", "c", "/dev/null")
        self.assertRaisesRegex(RuntimeError, "it has no nanotune_strategy", self.start)
        for first, why in ((2, "built for ABI 2, and this is ABI 1"), (1, "it has no decide")):
            run("cc", "-shared", "-fPIC", "-D", "FIRST=%d" % first, "-o", self.path, "-x", "c", self.nothing_but_numbers())
            self.assertRaisesRegex(RuntimeError, why, self.start)
        os.unlink(self.path)
        self.assertRaisesRegex(RuntimeError, "dip.so", self.start)
