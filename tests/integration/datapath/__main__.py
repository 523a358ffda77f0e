"""The datapath's worker on real sockets and devices, in the namespaces that this is started in: every backend has a file of
its own, test_*.py. The orders, and what the worker has counted, are compared with what another program, this one, makes of the
wire format's description.

  python3 datapath WORKER [test_udp | test_udp.Udp | ...]"""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
os.environ["NANOTUNE_WORKER"] = sys.argv.pop(1)
sys.dont_write_bytecode = True  # these files are the tree's
from namespace import prepare  # noqa: E402  (modules here read what was set)

prepare()
unittest.main(module=None, argv=["datapath", *(sys.argv[1:] or ["discover", "-s", HERE])], verbosity=2)
