"""Options that make no sense."""

import os
import subprocess

from worker import Case, PATIENCE, WORKER, run


class Misuse(Case):
    def refused(self, *words):
        done = subprocess.run([WORKER, *words], capture_output=True, text=True, timeout=PATIENCE)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr

    def test_options_that_make_no_sense_are_named(self):
        shared = os.path.join(self.folder.name, "shared")
        start = ("run", "--shared", shared, "--listen", "127.0.0.1:8080")
        self.assertIn("--backend fast: expected one of auto", self.refused(*start, "--backend", "fast"))
        self.assertIn("--priority 99: expected a number", self.refused(*start, "--priority", "99"))
        self.assertIn("there is no such option", self.refused(*start, "--quick", "yes"))
        self.assertIn("needs a value", self.refused(*start, "--cpus"))
        self.assertIn("an address other than zero", self.refused("run", "--shared", shared, "--listen", "0.0.0.0:80"))
        self.assertIn("IP version", self.refused(*start, "--respond", "[::1]:80"))
        self.assertIn("orders would come back", self.refused(*start, "--respond", "127.0.0.1:8080"))
        for link in ("fe80::1", "FEBF::1", "Fe9a:1::1"):
            self.assertIn("an address of one link, and no interface", self.refused("run", "--shared", shared, "--listen", "[%s]:80" % link))
            self.assertIn("an address of one link, and no interface",
                          self.refused("run", "--shared", shared, "--listen", "[::1]:80", "--respond", "[%s]:80" % link))
        self.assertNotIn("one link", self.refused("run", "--shared", shared, "--listen", "[fe8::1]:80"))  # 0fe8::
        self.assertIn("CPU 4000", self.refused(*start, "--cpus", "4000"))

    def test_real_time_workers_leave_a_cpu_to_everybody_else(self):
        shared = os.path.join(self.folder.name, "shared")
        every = ",".join(str(cpu) for cpu in sorted(os.sched_getaffinity(0)))
        self.assertRegex(self.refused("run", "--shared", shared, "--listen", "127.0.0.1:8080", "--cpus", every,
                                      "--priority", "10"), "real-time class: .*nothing else would run")

    def test_real_time_workers_leave_a_cpu_that_keeps_house(self):
        shared, isolated = (os.path.join(self.folder.name, name) for name in ("shared", "isolated"))
        first, *others = sorted(os.sched_getaffinity(0))
        with open(isolated, "w") as file:
            file.write(",".join(map(str, others)) + "\n")
        run("mount", "--bind", isolated, "/sys/devices/system/cpu/isolated")
        self.addCleanup(run, "umount", "/sys/devices/system/cpu/isolated")
        for cpus, who in (("--cpus", str(first)), "workers on CPUs %d" % first), ((), "a worker without cpus"):
            self.assertIn("%s would take all of %d that keep house" % (who, first),
                          self.refused("run", "--shared", shared, "--listen", "127.0.0.1:8080", *cpus,
                                       "--priority", "10"))

    def test_a_limit_on_the_size_of_files_is_an_error_that_says_so(self):
        shared = os.path.join(self.folder.name, "shared")
        done = subprocess.run(["prlimit", "--fsize=4096", WORKER, "run", "--shared", shared, "--listen", "127.0.0.1:8080"],
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 1)
        self.assertIn("File too large", done.stderr)

    def test_what_is_no_file_of_a_worker_is_not_written(self):
        path = os.path.join(self.folder.name, "other")
        with open(path, "wb") as file:
            file.write(b"x" * 1_000_000)
        self.assertIn("another version", self.refused("arm", path))
        self.assertIn("it is there, and no file of a datapath",
                      self.refused("run", "--shared", path, "--listen", "127.0.0.1:8080"))
        with open(path, "rb") as file:
            self.assertEqual(file.read(), b"x" * 1_000_000)
        os.truncate(path, 100)
        self.assertIn("cut off", self.refused("arm", path))
