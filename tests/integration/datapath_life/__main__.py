"""Datapaths from a profile to its rollback, by the command line, with real workers and real packets, in the namespaces that this
is started in.

  python3 datapath_life BIN [test_life | test_life.Life | ...]"""

import os
import subprocess
import sys
import unittest

os.environ["NANOTUNE_BIN"] = sys.argv.pop(1)
sys.dont_write_bytecode = True  # these files are the tree's
for folder in ("/run", "/var/lib"):  # where nanotune keeps what is its own
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", folder], check=True)
subprocess.run(["mount", "-t", "sysfs", "sysfs", "/sys"], check=True)  # which shows this network namespace
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
here = os.path.dirname(os.path.realpath(__file__))
unittest.main(module=None, argv=["datapath_life", *(sys.argv[1:] or ["discover", "-s", here])])
