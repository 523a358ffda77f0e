"""The switch that arms a datapath, and what does not turn it on again."""

import os
import signal
import socket
import subprocess
import time

from case import BIN, ORDERS, PATIENCE, Case


class Switch(Case):
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

    def test_the_switch_holds_through_an_apply_that_starts_the_datapath_anew(self):
        def until_told_to_end(worker):
            deadline = time.monotonic() + PATIENCE
            while True:
                with open("/proc/%d/status" % worker) as file:
                    [pending] = [int(line.split()[1], 16) for line in file if line.startswith("ShdPnd:")]
                if pending >> (signal.SIGTERM - 1) & 1:
                    return
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.005)

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 8082))
            # Where it cannot start, it goes on as it was; where the profile turns it on just then, that is not so, and taken back.
            for before, port, status in ((ORDERS, "8081", 0), (ORDERS, "8082", 4), (ORDERS.replace("true", "false"), "8081", 4)):
                self.nanotune("rollback", "--all", status=0)
                self.apply(before)
                worker = self.orders()["process"]
                self.hold(worker)  # its end takes 2 s then
                path = os.path.join(self.folder.name, "other.toml")
                with open(path, "w") as file:
                    file.write(ORDERS.replace("8080", port))
                with subprocess.Popen([BIN + "/nanotune", "apply", path, "--state-dir", self.state, "--direct"],
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as applying:
                    until_told_to_end(worker)
                    self.assertIn("sends no orders any more", self.datapath("disable", "--all"))
                    said, _ = applying.communicate(timeout=PATIENCE)
                self.assertEqual(applying.returncode, status, said)
                now = self.orders()
                self.assertTrue(now["running"] and now["process"] != worker)
                self.assertFalse(now["enabled"], said)
                self.nanotune("verify", status=0 if before != ORDERS else 2)  # where the profile wants it enabled

    def test_no_rollback_turns_on_what_was_turned_off_where_there_was_no_room_to_note_it(self):
        self.on_a_file_system_of_its_own()
        self.apply(ORDERS)
        self.apply(ORDERS.replace("true", "false"))
        filling = self.fill()
        self.datapath("disable", "--all")
        os.unlink(filling)
        self.assertIn("an operator has set it so since", self.nanotune("rollback", status=0))
        self.assertFalse(self.orders()["enabled"])

    def test_no_rollback_turns_on_what_was_turned_off_before_an_apply_that_could_not_start_it(self):
        off = ORDERS.replace("true", "false")
        for stopped in (False, True):
            self.apply(ORDERS)
            self.apply(off)
            self.datapath("disable", "orders")
            if stopped:
                self.datapath("stop", "orders")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.bind(("127.0.0.1", 8082))
                self.apply(ORDERS.replace("8080", "8082"), status=4)
            said = self.nanotune("rollback", status=0)
            self.assertFalse(self.orders()["enabled"], said)
            self.nanotune("rollback", "--all", "--force", status=0)

    def test_no_rollback_turns_on_what_an_operator_has_turned_off(self):
        off = ORDERS.replace("true", "false")
        memory = os.path.join(self.state, "%s", "orders", "shared")
        for how in ("command", "worker's command", "nobody"):
            self.nanotune("rollback", "--all", "--force", status=0)
            self.apply(ORDERS)
            self.apply(off)
            if how == "command":
                self.datapath("disable", "--all")
            elif how == "worker's command":
                [workers] = [name for name in os.listdir(self.state) if name.endswith(".workers")]
                subprocess.run([BIN + "/nanotune-worker", "disarm", memory % workers], check=True, stdout=subprocess.DEVNULL)
            said = self.nanotune("rollback", status=0)
            self.assertEqual(self.orders()["enabled"], how == "nobody", said)
            self.assertEqual("an operator has set it so since" in said, how != "nobody", said)
            self.assertEqual(self.answered(patience=PATIENCE if how == "nobody" else 0.3), (10000, 100) if how == "nobody" else None)
        # Who wants it on says so.
        self.datapath("disable", "--all")
        self.apply(ORDERS)
        self.assertTrue(self.orders()["enabled"])
