#!/usr/bin/env python3
"""The JSON schema of a profile against profiles: those that are shipped, and such as are wrong.

    tests/packaging/schema_test.py BUILD-FOLDER TREE
"""
import copy
import glob
import json
import re
import subprocess
import sys
import tempfile
import tomllib

import jsonschema

build, tree = sys.argv[1:3]
with open(build + "/profiles/profile.schema.json", encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)


def faults(profile):
    return [error.message[:200] for error in validator.iter_errors(profile)]


shipped = sorted(glob.glob(tree + "/profiles/*.toml"))
assert len(shipped) >= 8, shipped
for path in shipped + [tree + "/tests/demo/demo.toml", tree + "/tests/demo/orders.toml"]:
    with open(path, "rb") as file:
        found = faults(tomllib.load(file))
    assert not found, f"{path}: {found}"

with open(tree + "/docs/profile.md", encoding="utf-8") as file:
    examples = re.findall(r"^```toml\n(.*?)^```", file.read(), re.MULTILINE | re.DOTALL)
assert examples
for example in examples:
    found = faults(tomllib.loads(example))
    assert not found, f"docs/profile.md: {found} in\n{example}"

# Each of these is refused by `nanotune profile check`, too.
wrong = [
    '[profile]\nsumary = "x"',
    '[profile]\non_failure = "perhaps"',
    '[profile]\ndrift = "mend"',
    '[nic.eth0]\ndrift = true',
    '[nic.eth0]\nmtu = { value = 1500, drift = "mend" }',
    '[cpus]\nirqs = "1"',
    '[vars]\nmtu = 1500',
    'mtu = 1500',
    '[nic.eth0]\nmtu = "fast"',
    '[nic.eth0]\nmtu = 1',
    '[nic.eth0]\nmtu = true',
    '[nic.eth0]\nmtuu = 1500',
    '[nic.eth0]\nfeatures.tso = "on"',
    '[nic.eth0]\ncoalesce.rx_usec = 0',
    '[nic.eth0]\ncoalesce.rx_usecs = { value = 0, optinal = true }',
    '[nic.fast]\nmatch = { drivers = "ice" }',
    '[irq.eth0]\nspread = "everywhere"',
    '[cpu]\nsmt = "no"',
    '[cpu]\ngovernors = "performance"',
    '[process.feed]\nmatch = { comm = "feed" }\npolicy = "fast"',
    '[process.feed]\nmatch = { comm = "feed" }\nthreads = [{ names = "rx" }]',
    '[numa]\nbalance = true',
    '[datapath.orders]\nbackend = "dpdk"',
    '[boot]\nisolcpu = "1"',
]
with tempfile.TemporaryDirectory() as folder:
    for text in wrong:
        assert faults(tomllib.loads(text)), f"the schema takes\n{text}"
        with open(folder + "/wrong.toml", "w", encoding="utf-8") as file:
            file.write(text + "\n")
        checked = subprocess.run([build + "/bin/nanotune", "profile", "check", folder + "/wrong.toml", "--direct",
                                  "--state-dir", folder + "/state"], capture_output=True, text=True)
        assert checked.returncode == 1, f"profile check ends with {checked.returncode}:\n{text}\n{checked.stderr}"

# A schema that takes nothing would pass the last check, and one that takes everything the one before.
right = tomllib.loads('[nic.eth0]\nmtu = 1500\n[sysctl]\n"net.core.rmem_max" = "8MiB"')
assert not faults(right), faults(right)
other = copy.deepcopy(right)
other["nic"]["eth0"]["mtu"] = []
assert faults(other)

told = subprocess.run([build + "/bin/nanotune", "schema", "--json", "--direct"], capture_output=True, text=True, check=True)
document = json.loads(told.stdout)
assert (document["version"], document["verb"], document["changed"], document["exit"]) == (1, "schema", False, 0), told.stdout[:200]
assert document["schema"] == schema
print(f"{len(shipped)} shipped profiles, {len(examples)} examples, {len(wrong)} wrong ones")
