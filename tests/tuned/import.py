#!/usr/bin/env python3
"""Every profile of Debian's package tuned, imported: each passes `profile check`, and of their settings no smaller
share is carried over than stands here.

  import.py PROGRAM FOLDER        the package is fetched into FOLDER once, and unpacked there; it is not installed

Ends with 77 where it cannot be fetched; with NANOTUNE_LAB_REQUIRED set, that is a failure.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # nothing is left in the tree
from package import fetched, profile_files, version_of

# Of all settings of all profiles, those that a profile includes counted in each. What is missing has no setting here.
LEAST_SHARE = {"2.20": 0.80, "2.25": 0.75}  # the newer one's have more to save power
LEAST_PROFILES = 37
# Reasons are for people; this is how each of them begins, so that a new one is looked at.
REASONS = (
    "a program of the profile's", "a file of systemd's", "loads or configures kernel modules", "SELinux is no part",
    "power saving of", "of one laptop alone", "a socket that TuneD keeps open", "a parameter of the module nf_conntrack",
    "the kernel keeps it among its files for debugging", "which processes TuneD's own moving", "no setting here",
    "memory.readahead is of every disk", "the initial file system", "takes what a program prints", "it names no CPU",
    "its value is empty on this host", "a word that is not to be on the command line", "no CPU is left",
    "this host has none of", "boot has no setting", "vm.dirty_bytes sets its ratio", "vm.dirty_background_bytes sets its ratio",
    "net.ipv4.ip_forward also rewrites", "to be written by hand: ",
)


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    root, why = fetched(folder)
    if root is None:
        print(f"SKIPPED: Debian's package tuned cannot be fetched: {why}")
        return 1 if os.environ.get("NANOTUNE_LAB_REQUIRED") else 77
    wrong, carried_in_all, settings_in_all = [], 0, 0
    profiles = sorted(profile_files(root))
    if len(profiles) < LEAST_PROFILES:
        wrong.append(f"only {len(profiles)} profiles are there: {profiles}")
    for name in profiles:
        said = run(program, "import", "tuned", name, "--root", str(root), "--json", "--direct")
        if said.returncode:
            wrong.append(f"{name}: {said.stdout}{said.stderr}")
            continue
        told = json.loads(said.stdout)
        carried, left = told["settings"], told["left_out"]
        carried_in_all += carried
        settings_in_all += carried + len(left)
        print(f"{name}: {carried} of {carried + len(left)} settings")
        wrong += [f"{name}: {one['origin']}: {one['why']}" for one in left if not one["why"].startswith(REASONS)]
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(told["profile_text"])
            file.flush()
            checked = run(program, "profile", "check", file.name, "--direct")
        if checked.returncode:
            wrong.append(f"{name}: does not pass the check: {checked.stdout}{checked.stderr}")
    share = carried_in_all / max(settings_in_all, 1)
    print(f"all {len(profiles)}: {carried_in_all} of {settings_in_all} settings, {share:.1%}")
    least = LEAST_SHARE.get(version_of(folder), min(LEAST_SHARE.values()))
    if share < least:
        wrong.append(f"that is less than {least:.0%}")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
