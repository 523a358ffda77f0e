"""What becomes of a datapath that somebody has stopped."""

import os
import signal

from case import ORDERS, Case


class Stopped(Case):
    def test_one_that_was_stopped_stays_so_when_what_it_was_told_is_put_back(self):
        self.apply(ORDERS)
        self.apply(ORDERS + "price = 9000\nflows = 64\nchecksums = 'trust'\n")
        self.datapath("stop", "orders")
        said = self.nanotune("rollback", status=0)
        for setting in ("price", "flows", "checksums"):
            self.assertRegex(said, r"datapath\.%s .*changed" % setting)
        stopped = self.orders()
        self.assertEqual((stopped["running"], stopped["how"]), (False, "stopped"))
        self.assertIn("it does not run: stopped", self.nanotune("verify", status=2))
        self.datapath("start", "orders")
        told = self.orders()["settings"]
        self.assertEqual((told["price"], told["flows"], told["checksums"]), ("10000", "2048", "verify"))
        self.assertEqual(self.answered(), (10000, 100))
        self.nanotune("rollback", "--all", status=0)
        self.assert_nothing_is_left()

    def test_one_that_was_stopped_stays_so_whatever_had_ended_it_and_where_nothing_has_room(self):
        self.on_a_file_system_of_its_own()
        for full in (False, True):
            self.apply(ORDERS.replace("restarts = 1", "restarts = 0"))
            self.apply(ORDERS.replace("restarts = 1", "restarts = 0") + "price = 9000\n")
            if full:
                filling = self.fill()
            else:
                os.kill(self.orders()["process"], signal.SIGKILL)
                self.until(lambda now: not now["running"] and "after 0 restarts" in now["how"])
            self.datapath("stop", "orders")
            self.assertEqual(self.orders()["how"], "stopped")
            if full:
                os.unlink(filling)
            self.nanotune("rollback", status=0)
            self.assertEqual((self.orders()["running"], self.orders()["how"]), (False, "stopped"))
            self.nanotune("rollback", "--all", status=0)
