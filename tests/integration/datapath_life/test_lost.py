"""What becomes of a datapath that nobody finds any more."""

import glob
import os
import shutil
import subprocess
import time

from case import ORDERS, PATIENCE, Case, workers


class Lost(Case):
    def test_one_that_nobody_could_disarm_any_more_ends(self):
        self.apply(ORDERS)
        self.assertEqual(self.answered(), (10000, 100))
        shutil.rmtree(self.state)  # with what it is found and disarmed by
        said = self.datapath("disable", "--all")
        self.assertIn("There is no datapath here", said)
        self.assertIn("goes on until its keeper ends it", said)
        deadline = time.monotonic() + PATIENCE
        while workers():
            self.assertLess(time.monotonic(), deadline, "it goes on, and nobody can stop it")
            time.sleep(0.05)
        for replace in (os.unlink, lambda path: os.replace(shutil.copy(path, path + ".copy"), path)):
            self.apply(ORDERS)  # its address is free
            [memory] = glob.glob(self.state + "/*.workers/orders/shared")
            replace(memory)
            if not os.path.exists(memory):
                said = self.nanotune("datapath", "disable", "orders")
                if workers():
                    self.assertNotIn("sends no orders any more", said)
            ended = self.until(lambda now: "was removed" in now["how"])["how"]
            self.assertIn("/orders/shared was removed or replaced, by which alone it could be disarmed: it was ended", ended)
            self.nanotune("rollback", "--all", "--force", status=0)

    def test_one_that_waits_for_its_device_without_its_memory_does_not_come_back_armed(self):
        self.wire()
        self.apply("[datapath.orders]\nlisten = '192.0.2.1:8080'\ninterface = 'feed0'\nenabled = true\nbackend = 'packet'\n")
        subprocess.run(["ip", "link", "delete", "feed0"], check=True)
        self.until(lambda now: "is started again: packet: waits until feed0" in now["how"])
        [memory] = glob.glob(self.state + "/*.workers/orders/shared")
        os.unlink(memory)
        self.wire()
        deadline = time.monotonic() + PATIENCE
        while workers():
            self.assertLess(time.monotonic(), deadline, "it goes on, and nobody can stop it")
            time.sleep(0.05)
        self.assertIn("was removed or replaced", self.orders()["how"])
