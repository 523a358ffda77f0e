"""Random sequences of profiles, some killed, each undone as a whole: see random_profiles.sh.

What is drawn depends on the seed alone. Where a kill hits depends on the machine, too, but goes by
the journal's size, which repeats more closely than any clock.
"""

import ctypes
import os
import random
import signal
import subprocess
import sys
import time

NANOTUNE, SNAPSHOT, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3])
SECONDS = 8
LEAST_ROUNDS = 3
STEPS = 6

# Every one can be had alone and beside all others, so that what is refused is a fault.
HOST = {
    '"net.ipv4.tcp_sack"': ["0", "1"],
    '"net.ipv4.tcp_fastopen"': ["0", "1", "3"],
    '"net.ipv4.tcp_rmem"': ['"4096 87380 6291456"', '"4096 65536 1048576"'],
    '"net.ipv4.ip_local_port_range"': ['"20000 30000"', '"32768 61000"'],
    '"net.ipv4.ip_local_reserved_ports"': ['"20001"', '"20001-20010"', '""'],
    '"net.ipv4.conf.default.rp_filter"': ["0", "1", "2"],
    '"net.ipv4.conf.default.arp_ignore"': ["0", "1"],
    '"net.ipv4.conf.order0.arp_ignore"': ["0", "1", "2"],
    '"net.ipv4.conf.feed0.rp_filter"': ["0", "1", "2"],
    '"net.ipv4.conf.order0.rp_filter"': ["0", "1", "2"],
    '"net.ipv4.neigh.feed0.app_solicit"': ["0", "3", "7"],
    '"net.ipv6.conf.feed0.mtu"': ["1280", "1290"],
    '"net.core.rps_default_mask"': ['"0"', '"1"', '"3"'],
}
NIC = {
    "mtu": ["1300", "1400", "1500", "9000"],
    "txqueuelen": ["100", "500", "1000"],
    "channels.rx": ["1", "2"],
    "channels.tx": ["1", "2"],
    "features.gro": ["false", "true"],
    "features.gso": ["false", "true"],
    "features.tso": ["false", "true"],
    "napi.defer_hard_irqs": ["0", "2", "10"],
    "napi.gro_flush_timeout": ["0", '"20us"'],
    "gso_max_size": ["20000", "65536"],
    "rps.cpus": ['"0"'],
}


def section(draw, title, settings, share):
    lines = [
        f"{name} = {draw.choice(values)}"
        for name, values in settings.items()
        if draw.random() < share
    ]
    return "\n".join([title, *lines, ""]) if lines else ""


def profile(draw):
    text = section(draw, "[sysctl]", HOST, 0.4)
    for nic in ("feed0", "order0"):
        text += section(draw, f"[nic.{nic}]", NIC, 0.4)
    return text or '[sysctl]\n"net.ipv4.tcp_sack" = 0\n'


def make_namespace():
    """A new one for each round: what was written once in one is never the default's again."""
    clone_newnet = 0x40000000
    if ctypes.CDLL(None, use_errno=True).unshare(clone_newnet) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    queues = "numrxqueues 2 numtxqueues 2"
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"""
            umount /run/state 2>/dev/null || true
            mkdir -p /run/state
            mount -t tmpfs -o mode=0755 tmpfs /run/state
            mount -t sysfs sysfs /sys # shows the namespace that it is mounted in
            ip link set lo up
            for one in feed order; do
                ip link add ${{one}}0 {queues} type veth peer name ${{one}}1 {queues}
                ip link set ${{one}}0 up
                ip link set ${{one}}1 up
            done
            echo 1 >/proc/sys/net/ipv4/conf/feed0/rp_filter # its own, and no more the default's
            until [ "$(cat /sys/class/net/order0/operstate)" = up ]; do sleep 0.01; done
        """],
        check=True,
    )


def command(*words):
    return [NANOTUNE, *words, "--state-dir", "/run/state/nanotune"]


def run(history, *words):
    ended = subprocess.run(command(*words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    history.append(f"$ nanotune {' '.join(words)}: {ended.returncode}\n{ended.stdout}")
    return ended.returncode, ended.stdout


def journal_size():
    try:
        state = os.scandir("/run/state/nanotune")
        return sum(entry.stat().st_size for entry in state if entry.is_file())
    except FileNotFoundError:
        return 0


def kill_apply(history, path, grown, more):
    """Once the journal has grown by so much, and a moment later."""
    begun = journal_size()
    child = subprocess.Popen(
        command("apply", path, "--allow", "all"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while child.poll() is None and journal_size() < begun + grown:
        time.sleep(0)
    time.sleep(more)
    child.send_signal(signal.SIGKILL)
    history.append(f"$ nanotune apply {path}: killed, {child.wait()}")


def snapshot():
    shell = f"source {SNAPSHOT}; namespace_snapshot"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", shell], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.splitlines()


def captured():
    ended = subprocess.run(
        [NANOTUNE, "capture", "--state-dir", "/run/another"], stdout=subprocess.PIPE, text=True, check=True
    )
    return ended.stdout.splitlines()


def fail(history, what):
    print("\n".join(history))
    print(f"seed {SEED}: {what}\nonce more: tests/integration/random_profiles.sh BUILD-FOLDER {SEED}")
    sys.exit(1)


def compare(history, what, before, after):
    gone = [f"- {line}" for line in before if line not in set(after)]
    come = [f"+ {line}" for line in after if line not in set(before)]
    if gone or come:
        fail(history, "\n".join([f"after rollback --all {what} is another one", *gone, *come]))


def step(draw, history, number):
    path = f"profile{number}.toml"
    text = profile(draw)
    kind = draw.choices(["apply", "killed", "rollback"], [6, 3, 2])[0]
    grown, more = draw.randrange(8000), draw.random() * 0.01
    if kind == "rollback":
        status, _ = run(history, "rollback", "--allow", "all")
        if status != 0:
            fail(history, f"a rollback ended with {status}")
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    history.append(f"-- {path}\n{text}")
    if kind == "killed":
        kill_apply(history, path, grown, more)
        return
    status, _ = run(history, "apply", path, "--allow", "all")
    if status != 0:
        fail(history, f"an apply ended with {status}")
    status, _ = run(history, "verify", path)
    if status != 0:
        fail(history, f"what was applied is not so: verify ended with {status}")


def main():
    draw = random.Random(SEED)
    began = time.monotonic()
    rounds = 0
    while rounds < LEAST_ROUNDS or time.monotonic() < began + SECONDS:
        history = []
        make_namespace()
        before = snapshot(), captured()
        for number in range(draw.randrange(2, STEPS + 1)):
            step(draw, history, number)
        status, _ = run(history, "rollback", "--all", "--allow", "all")
        if status != 0:
            fail(history, f"rollback --all ended with {status}")
        compare(history, "the namespace", before[0], snapshot())
        compare(history, "capture", before[1], captured())
        rounds += 1
    print(f"seed {SEED}: {rounds} rounds left nothing behind")


main()
