"""What the verbs of `nanotune datapath` do with one that runs."""

import fcntl
import glob
import json
import os
import signal
import socket
import struct
import subprocess
import threading
import time

from case import BIN, HERE, ORDERS, PATIENCE, Case, tick

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


class Verbs(Case):
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

    def test_what_cannot_be_read_is_no_count(self):
        self.apply(ORDERS)
        [memory] = glob.glob(self.state + "/*.workers/orders/shared")
        kept = memory + ".kept"
        os.rename(memory, kept)
        with open(memory, "wb") as file:
            file.write(b"x" * 1_000_000)
        self.assertEqual(self.orders().get("counted", {}), {})
        self.assertFalse(self.orders()["running"])
        os.replace(kept, memory)
        self.assertEqual(self.orders()["counted"]["received"], 0)

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

    def test_the_switch_tells_whom_it_finds_no_datapath_for(self):
        self.apply(ORDERS)
        nobody = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
        for words in (("disable", "--all"), ("list",), ("stop", "--all")):
            self.assertIn("Permission denied", self.nanotune("datapath", *words, status=1, prefix=nobody))
        self.nanotune("rollback", "--all", status=0)
        self.assertIn("There is no datapath here", self.nanotune("datapath", "disable", "--all", status=0))

    def test_a_switch_that_cannot_be_turned_is_not_said_to_be(self):
        self.apply(ORDERS)
        [memory] = glob.glob(self.state + "/*.workers/orders/shared")
        with open(memory + ".other", "wb") as file:
            file.truncate(os.path.getsize(memory))
        os.rename(memory, memory + ".own")
        os.rename(memory + ".other", memory)
        self.assertIn("it is not of this version", self.nanotune("datapath", "disable", "orders", status=1))
        self.assertEqual(self.answered(), (10000, 100))
        os.rename(memory + ".own", memory)
        self.datapath("disable", "orders")
        self.assertFalse(self.orders()["enabled"])

    def test_a_command_that_starts_a_datapath_waits_for_an_apply_that_does(self):
        path, source, gate = (os.path.join(self.folder.name, name) for name in ("slow.so", "slow.c", "gate"))
        os.chmod(self.folder.name, 0o755)
        with open(source, "w") as file:
            file.write('#include <unistd.h>\n#include <nanotune/strategy.h>\nextern const struct nanotune_strategy_calls nanotune_strategy;\n'
                       'static void* start(uint32_t worker) {\n    (void)worker;\n'
                       '    while (access("%s", F_OK) != 0) {\n        usleep(5000);\n    }\n    return (void*)&nanotune_strategy;\n}\n'
                       'static void decide(void* state, const struct nanotune_limits* limits, const struct nanotune_tick* ticks,\n'
                       '                   struct nanotune_order* orders, uint32_t count) {\n'
                       '    (void)state, (void)limits, (void)ticks, (void)orders, (void)count;\n}\n'
                       'const struct nanotune_strategy_calls nanotune_strategy = {NANOTUNE_STRATEGY_ABI,\n'
                       '    sizeof(struct nanotune_strategy_calls), "slow", start, decide, 0};\n' % gate)
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-I", os.path.join(HERE, "../../framework/sdk/include"), "-o", path,
                        source], check=True)
        os.chmod(path, 0o755)
        profile = os.path.join(self.folder.name, "slow.toml")
        with open(profile, "w") as file:
            file.write(ORDERS + "logic = '%s'\n" % path)
        command = [BIN + "/nanotune", "apply", profile, "--state-dir", self.state, "--direct"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as applying:
            deadline = time.monotonic() + PATIENCE
            while not glob.glob(self.state + "/*.workers/orders/shared"):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.005)
            command = [BIN + "/nanotune", "datapath", "start", "orders", "--state-dir", self.state, "--direct"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as starting:
                with self.assertRaises(subprocess.TimeoutExpired):
                    starting.wait(0.3)  # it waits, or has not come so far
                open(gate, "w").close()
                said, _ = applying.communicate(timeout=PATIENCE)
                self.assertEqual(applying.returncode, 0, said)
                told, _ = starting.communicate(timeout=PATIENCE)
                self.assertEqual(starting.returncode, 1, told)
                self.assertIn("it runs, as process", told)

    def test_who_may_only_look_at_the_state_folder_keeps_nobody_from_ending_or_starting_one(self):
        self.apply(ORDERS)
        folder = os.open(self.state, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        fcntl.flock(folder, fcntl.LOCK_EX)
        self.datapath("stop", "orders")
        self.datapath("start", "orders")
        self.assertEqual(os.stat(self.state + "/turn").st_mode & 0o777, 0o600)

    def test_what_was_done_with_whom_is_one_json_document(self):
        self.apply(ORDERS + "[datapath.others]\nlisten = '127.0.0.1:8081'\n")
        for act, words in (("enable", "sends orders"), ("reset", "counts anew"), ("stop", "stopped"), ("start", "runs"),
                           ("disable", "sends no orders any more")):
            told = json.loads(self.datapath(act, "--all", "--json"))
            self.assertEqual((told["verb"], told["act"], told["changed"], told["exit"]), ("datapath", act, True, 0))
            self.assertEqual(told["done"], [{"name": name, "words": words} for name in ("orders", "others")])
        self.datapath("stop", "others")
        told = json.loads(self.nanotune("datapath", "start", "--all", "--json", status=1))
        self.assertEqual([one["name"] for one in told["done"]], ["others"])
        self.assertIn("orders: it runs, as process", told["problems"][0]["message"])
        for words in (("list", "--watch"), ("stats", "--all"), ("enable", "orders", "--all"), ("stats", "--count", "1"),
                      ("trace", "orders", "--json")):
            self.nanotune("datapath", *words, status=1)
        self.datapath("enable", "--all")
        self.datapath("disable", "others", "--all")  # the switch takes the more of both
        self.assertFalse(any(one["enabled"] for one in json.loads(self.datapath("list", "--json"))["datapaths"]))
        self.nanotune("rollback", "--all", status=0)
        self.assertEqual(json.loads(self.datapath("disable", "--all", "--json"))["done"], [])

    def test_the_workers_own_word_for_it_holds_as_the_switch_does(self):
        self.apply(ORDERS)
        [memory] = glob.glob(self.state + "/*.workers/orders/shared")
        for word, is_on in (("disarm", False), ("arm", True)):
            subprocess.run([BIN + "/nanotune-worker", word, memory], check=True)
            self.assertEqual(self.orders()["enabled"], is_on)
            self.assertEqual(os.path.exists(os.path.dirname(memory) + "/off"), not is_on)  # for one that is being started

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
        deadline = time.monotonic() + PATIENCE
        while "has not done so" in self.nanotune("datapath", "reset", "orders"):  # it may get no CPU for a while
            self.assertLess(time.monotonic(), deadline)
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
