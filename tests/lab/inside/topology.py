#!/usr/bin/python3
"""What `nanotune topology` shows, compared with lscpu, ethtool and the kernel's own tables: of the guest as it is,
with a CPU offline, with interrupts moved to the other node, and after a profile."""
import json
import os
import re
import subprocess
import sys
import time

failures = 0


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True,
                          env=dict(os.environ, LC_ALL="C")).stdout


def read(path):
    with open(path) as file:
        return file.read().strip()


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def same(what, seen, wanted):
    global failures
    print(f"{what}: {seen if len(str(seen)) < 90 else '...'}")
    if seen != wanted:
        failures += 1
        print(f"FAILED {what}: it should be {wanted}, not {seen}")


def numbers(text):
    found = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def parts(sets):
    return sorted(sorted(one) for one in sets)


def grouped(pairs):
    groups = {}
    for key, cpu in pairs:
        groups.setdefault(key, set()).add(cpu)
    return groups


def wait_for_carrier(nic, seconds=30):
    end = time.monotonic() + seconds
    while read(f"/sys/class/net/{nic}/carrier") != "1":
        if time.monotonic() > end:
            sys.exit(f"{nic} has no carrier {seconds} s after its link was set up")
        time.sleep(0.1)


def compare_cpus(seen):
    rows = [line.split(",") for line in run("lscpu", "--parse=CPU,CORE,SOCKET,NODE,CACHE").splitlines()
            if not line.startswith("#")]
    cpus = {int(row[0]) for row in rows}
    same("CPUs online", numbers(seen["cpus"]["online"]), cpus)
    same("CPUs offline", numbers(seen["cpus"]["offline"]), numbers(read("/sys/devices/system/cpu/offline")))
    same("sockets", {one["socket"]: numbers(one["cpus"]) for one in seen["sockets"]},
         grouped((int(row[2]), int(row[0])) for row in rows))
    same("nodes", {one["node"]: numbers(one["cpus"]) for one in seen["nodes"]},
         grouped((int(row[3]), int(row[0])) for row in rows))
    same("cores", parts(numbers(core) for core in seen["cores"]),
         parts(grouped(((row[2], row[1]), int(row[0])) for row in rows).values()))
    for level in (2, 3):  # after an empty column L1d, L1i, L2, L3
        caches = [cache for cache in seen["caches"] if cache["level"] == level]
        same(f"level {level} caches", parts(numbers(cache["cpus"]) for cache in caches),
             parts(grouped((row[5 + level], int(row[0])) for row in rows).values()))
    sizes = {line.split()[0]: int(line.split()[1])
             for line in run("lscpu", "--bytes", "--caches=NAME,ONE-SIZE").splitlines()[1:]}
    same("sizes of caches", {f"L{one['level']}": one["bytes"] for one in seen["caches"]},
         {name: size for name, size in sizes.items() if name in ("L2", "L3")})


def compare_memory(seen):
    for one in seen["nodes"]:
        folder = f"/sys/devices/system/node/node{one['node']}"
        total = re.search(r"MemTotal:\s+(\d+)", read(folder + "/meminfo")).group(1)
        same(f"memory of node {one['node']}", one["memory"]["bytes"], int(total) * 1024)
        same(f"huge pages of node {one['node']}",
             {size["bytes"]: size["total"] for size in one["memory"]["huge_pages"]},
             {int(name[10:-2]) * 1024: int(read(f"{folder}/hugepages/{name}/nr_hugepages"))
              for name in os.listdir(folder + "/hugepages")})


def actions():
    """Interrupt to the name that its driver gave it."""
    rows = (line.split() for line in read("/proc/interrupts").splitlines()[1:])
    return {int(row[0][:-1]): row[-1] for row in rows if row[0][:-1].isdigit()}


def effective_affinities():
    return {number: read(f"/proc/irq/{number}/effective_affinity_list") for number in actions()}


def compare_nics(seen, before):
    named, nodes = actions(), {one["node"]: numbers(one["cpus"]) for one in seen["nodes"]}
    same("NICs", sorted(nic["name"] for nic in seen["nics"]),
         sorted(name for name in os.listdir("/sys/class/net") if name != "lo"))
    for nic in seen["nics"]:
        name, device = nic["name"], os.path.realpath(f"/sys/class/net/{nic['name']}/device")
        if not os.path.isdir(device + "/msi_irqs"):
            device = os.path.dirname(device)  # virtio: the PCI device above it
        told = dict(line.split(": ", 1) for line in run("ethtool", "--driver", name).splitlines() if ": " in line)
        same(f"{name}, driver and place", [nic["driver"], nic["pci"], nic["node"]],
             [told["driver"], told["bus-info"], int(read(device + "/numa_node"))]
             if told["driver"] != "virtio_net" else
             ["virtio_net", os.path.basename(device), int(read(device + "/numa_node"))])
        speed = re.search(r"Speed: (\d+)Mb/s", run("ethtool", name))
        same(f"{name}, speed", nic["speed_mbps"], int(speed.group(1)) if speed else None)
        same(f"{name}, interrupts", sorted(one["irq"] for one in nic["interrupts"] if one["irq"]),
             sorted(number for number in map(int, os.listdir(device + "/msi_irqs")) if number in named))
        queues = os.listdir(f"/sys/class/net/{name}/queues")
        for direction in ("rx", "tx"):
            served = sorted(number for one in nic["interrupts"] for number in numbers(one[direction]))
            same(f"{name}, {direction} queues", served,
                 sorted(int(queue[3:]) for queue in queues if queue.startswith(direction)))
        for one in nic["interrupts"]:
            folder, what = f"/proc/irq/{one['irq']}", f"{name}, interrupt {one['irq']}"
            same(what + ", name", one["action"], named[one["irq"]])
            same(what + ", affinity", one["affinity"], read(folder + "/smp_affinity_list"))
            effective = read(folder + "/effective_affinity_list")
            if before[one["irq"]] != effective:
                continue  # it came meanwhile, and moved
            same(what + ", effective", one["effective"], effective)
            far = {node for node, cpus in nodes.items() if cpus & numbers(effective)} - {nic["node"]}
            same(what + ", on other nodes", numbers(one["other_nodes"]), far)
            number = re.search(r"(\d+)$", one["action"])
            if number and (one["rx"] or one["tx"]):
                same(what + ", queue", numbers(one["rx"]) | numbers(one["tx"]), {int(number.group(1))})


def compare(when):
    print(f"== {when}")
    drawn = run("script", "--quiet", "--command", "stty columns 80; nanotune topology --colour never", "/dev/null")
    print(drawn)
    before = effective_affinities()
    seen = json.loads(run("nanotune", "topology", "--json"))
    same("lines of more than 80 columns", [line for line in drawn.splitlines() if len(line.rstrip()) > 80], [])
    compare_cpus(seen)
    compare_memory(seen)
    compare_nics(seen, before)
    for kind in ("isolated", "nohz_full"):
        same(f"CPUs {kind}", numbers(seen["cpus"][kind]),
             numbers(read(f"/sys/devices/system/cpu/{kind}").replace("(null)", "")))
    return seen, drawn


compare("as it booted")

write("/sys/devices/system/cpu/cpu5/online", "0")
write("/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages", "4")
igb = next(number for number, action in actions().items() if action == "eth3-TxRx-2")
write(f"/proc/irq/{igb}/smp_affinity_list", "1")
run("ip", "link", "set", "eth3", "down")  # sets its interrupts up again, on the CPUs that they may run on
run("ip", "link", "set", "eth3", "up")
wait_for_carrier("eth3")  # else its speed comes while nanotune and ethtool are asked one after the other
igb = next(number for number, action in actions().items() if action == "eth3-TxRx-2")
write(f"/proc/irq/{igb}/smp_affinity_list", "1")
seen, drawn = compare("with a CPU offline and an interrupt on the other node")
same("offline CPUs of node 1", seen["nodes"][1]["offline"], "5")
mark = [line for line in drawn.splitlines() if f" {igb} " in line]
same("the interrupt's line says so", [bool(re.search(r"\b1 +1 +on node 0$", line.rstrip())) for line in mark], [True])

with open("profile.toml", "w") as file:
    file.write('[nic.eth3]\nchannels.combined = 2\n[irq.eth3]\ncpus = "4,6"\nspread = "one-to-one"\n')
print(subprocess.run(["nanotune", "apply", "profile.toml", "--allow", "all"], check=True, text=True, stdout=-1).stdout)
seen, _ = compare("after a profile for two queues and their interrupts")
eth3 = next(nic for nic in seen["nics"] if nic["name"] == "eth3")
same("affinity of its queues", [one["affinity"] for one in eth3["interrupts"] if one["rx"]], ["4", "6"])

print(f"{failures} failed")
sys.exit(failures > 0)
