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

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from random_settings import STRAYS, profile

NANOTUNE, SNAPSHOT, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3])
SECONDS = 8
LEAST_ROUNDS = 3
STEPS = 6
ALLOW = ("--allow", "all")


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


def journal_size():
    try:
        state = os.scandir("/run/state/nanotune")
        return sum(entry.stat().st_size for entry in state if entry.is_file())
    except FileNotFoundError:
        return 0


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


def without_own_of_devices(lines):
    """What a device was given itself once never follows the default again."""
    return [line for line in lines if not line.startswith("/proc/sys/net/ipv4/conf/")]


class Round:
    def __init__(self, draw):
        self.draw = draw
        self.history = []
        self.feed = "feed0"  # as it is called now
        self.in_force = None  # the profile's path; nothing where a kill left that open
        self.is_known = True  # nothing was cut off since the last apply or rollback
        self.before = []  # of each apply that a rollback would take back, where that is known
        self.is_strayed = False  # somebody else has changed something

    def fail(self, what):
        print("\n".join(self.history))
        print(f"seed {SEED}: {what}\nonce more: tests/integration/random_profiles.sh BUILD-FOLDER {SEED}")
        sys.exit(1)

    def compare(self, what, before, after):
        gone = [f"- {line}" for line in before if line not in set(after)]
        come = [f"+ {line}" for line in after if line not in set(before)]
        if gone or come:
            self.fail("\n".join([f"{what} it is another one", *gone, *come]))

    def run(self, *words):
        ended = subprocess.run(
            command(*words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        self.history.append(f"$ nanotune {' '.join(words)}: {ended.returncode}\n{ended.stdout}")
        if "somebody else" in ended.stdout and not self.is_strayed:
            self.fail("nobody else has changed anything")
        return ended.returncode

    def run_until(self, how, grown, more, *words):
        """Ended by that signal once the journal has grown by so much, and a moment later."""
        begun = journal_size()
        with subprocess.Popen(
            command(*words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as child:
            while child.poll() is None and journal_size() < begun + grown:
                time.sleep(0)
            time.sleep(more)
            child.send_signal(how)
            told, _ = child.communicate()
        self.history.append(f"$ nanotune {' '.join(words)}: {how.name}, {child.returncode}\n{told}")
        return child.returncode

    def forget(self):
        self.in_force, self.before, self.is_known = None, [], False

    def new_profile(self, number):
        path = f"profile{number}.toml"
        text = profile(self.draw)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.history.append(f"-- {path}\n{text}")
        return path

    def apply(self, path, *more):
        """Whether it is applied: what is refused leaves everything as it is."""
        before = snapshot()
        status = self.run("apply", path, *ALLOW, *more)
        if status == 1:
            if self.is_known:
                self.compare("an apply is refused, and", before, snapshot())
            return False
        if status != 0:
            self.fail(f"an apply ended with {status}")
        self.before = [*self.before, before] if self.is_known else []
        self.in_force, self.is_known = path, True
        status = self.run("verify", path)
        if status != 0:
            self.fail(f"what was applied is not so: verify ended with {status}")
        return True

    def apply_again(self):
        if self.in_force is None:
            return
        before = snapshot()
        if not self.apply(self.in_force):
            self.fail("the same once more is refused")
        if not self.is_strayed:
            self.compare("the same is applied once more, and", before, snapshot())
            self.before.pop()  # nothing was done that could be taken back

    def roll_back(self):
        status = self.run("rollback", *ALLOW)
        if status != 0:
            self.fail(f"a rollback ended with {status}")
        if self.is_known and self.before and not self.is_strayed:
            self.compare("a rollback is done, and", self.before[-1], snapshot())
        self.before = self.before[:-1] if self.is_known else []
        self.in_force, self.is_known = None, True

    def take_back_by_guard(self, path, ended_by=None):
        """Nobody confirms it, or not even lets it end."""
        was = (self.in_force, self.before)
        before, is_known = snapshot(), self.is_known and not self.is_strayed
        if ended_by is not None:
            self.run_until(signal.SIGKILL, *ended_by, "apply", path, *ALLOW, "--confirm", "1s")
        elif not self.apply(path, "--confirm", "1s"):
            return
        patience = time.monotonic() + 20
        while time.monotonic() < patience:
            told = subprocess.run(command("status"), stdout=subprocess.PIPE, text=True, check=False)
            if path.removesuffix(".toml") not in told.stdout and told.returncode == 0:
                break
            time.sleep(0.05)
        if is_known:
            self.compare("nobody confirmed what was applied, and", before, snapshot())
            self.in_force, self.before = was
        else:
            self.forget()

    def confirm(self, path):
        if self.apply(path, "--confirm", "20s") and self.run("confirm") != 0:
            self.fail("what was applied cannot be confirmed")

    def stray(self):
        nic = self.draw.choice(["feed0", "order0"])
        line, unchanged, how = self.draw.choice(STRAYS)
        if self.in_force is None:
            return
        with open(self.in_force, encoding="utf-8") as file:
            of_nic = file.read().partition(f"[nic.{nic}]")[2].partition("[")[0]
        if line in of_nic and unchanged not in of_nic:
            subprocess.run(how.format(nic), shell=True, check=True)
            self.history.append(f"# {how.format(nic)}")
            self.is_strayed = True

    def rename(self):
        name = "moved0" if self.feed == "feed0" else "feed0"
        subprocess.run(["ip", "link", "set", self.feed, "name", name], check=True)
        self.history.append(f"# {self.feed} is {name} now")
        self.feed, self.in_force, self.before = name, None, []

    def step(self, number):
        kinds = {"apply": 8, "kill": 4, "roll back": 3, "kill rollback": 1, "interrupt": 1, "again": 1,
                 "confirm": 1, "await": 1, "kill guarded": 1, "stray": 1, "rename": 1}
        kind = self.draw.choices(list(kinds), list(kinds.values()))[0]
        ended_by = (self.draw.randrange(8000), self.draw.random() * 0.01)
        if kind == "roll back":
            self.roll_back()
        elif kind == "kill rollback":
            more = self.draw.choice([(), ("--all",)])
            self.run_until(signal.SIGKILL, ended_by[0] // 8, ended_by[1], "rollback", *ALLOW, *more)
            self.forget()
        elif kind == "again":
            self.apply_again()
        elif kind == "stray":
            self.stray()
        elif kind == "rename":
            self.rename()
        else:
            self.apply_in_a_way(kind, self.new_profile(number), ended_by)

    def apply_in_a_way(self, kind, path, ended_by):
        if kind == "apply":
            self.apply(path)
        elif kind == "confirm":
            self.confirm(path)
        elif kind in ("await", "kill guarded"):
            self.take_back_by_guard(path, ended_by if kind == "kill guarded" else None)
        else:
            how = signal.SIGINT if kind == "interrupt" else signal.SIGKILL
            before, is_known = snapshot(), self.is_known
            status = self.run_until(how, *ended_by, "apply", path, *ALLOW)
            if kind == "interrupt" and status in (1, 4) and is_known:
                self.compare("an apply is interrupted, and", before, snapshot())
            else:
                self.forget()

    def end(self, before):
        is_renamed_late = self.draw.random() < 0.5
        if self.feed != "feed0" and not is_renamed_late:
            self.rename()
        is_as_ever = self.is_known and not self.is_strayed and self.feed == "feed0"
        last = self.in_force if is_as_ever else None
        applied = snapshot()
        status = self.run("rollback", "--all", *ALLOW, *(["--force"] if self.is_strayed else []))
        if status != 0:
            self.fail(f"rollback --all ended with {status}")
        if self.feed != "feed0":
            self.rename()
        self.compare("everything is rolled back, and", before[0], snapshot())
        self.compare("everything is rolled back, and captured", before[1], captured())
        if last is None:
            return
        if self.run("apply", last, *ALLOW) != 0:
            self.fail("what was in force cannot be applied alone")
        alone = without_own_of_devices(snapshot())
        self.compare("what was in force is applied alone, and", without_own_of_devices(applied), alone)
        if self.run("rollback", *ALLOW) != 0:
            self.fail("what was applied alone cannot be rolled back")
        self.compare("what was applied alone is rolled back, and", before[0], snapshot())


def main():
    draw = random.Random(SEED)
    began = time.monotonic()
    rounds = 0
    while rounds < LEAST_ROUNDS or time.monotonic() < began + SECONDS:
        make_namespace()
        before = snapshot(), captured()
        one = Round(draw)
        for number in range(draw.randrange(2, STEPS + 1)):
            one.step(number)
        one.end(before)
        rounds += 1
    print(f"seed {SEED}: {rounds} rounds left nothing behind")


main()
