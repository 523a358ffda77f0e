#!/usr/bin/env python3
"""What TuneD's profiles set beside what ours do, as docs/tuned.md has it.

  table.py PROGRAM FOLDER            checks lines.tsv against TuneD's own files and against the shipped profiles, and
                                     the page against it; Debian's package tuned is fetched into FOLDER once
  table.py PROGRAM FOLDER --write    writes the page

An error is a line of TuneD's that lines.tsv does not have, one of lines.tsv that TuneD does not have, and one whose
setting is not in our profile or has another value there. Where the package cannot be fetched, or is of another version
than the page, the rest is checked, and it ends with 77; with NANOTUNE_LAB_REQUIRED set, that is a failure.
"""
import json
import os
import pathlib
import subprocess
import sys
import tomllib

sys.dont_write_bytecode = True  # nothing is left in the tree
from package import fetched, lines_of, version_of

HERE = pathlib.Path(__file__).resolve().parent
VERSION = "2.20"
PAGE = HERE.parent.parent / "docs" / "tuned.md"
HEAD = """# From TuneD's profiles to these

What each line of TuneD 2.20's profiles for latency and throughput sets, and what sets it here. A profile
includes those that it extends: TuneD's network-latency includes latency-performance, realtime and
cpu-partitioning include network-latency; here all but throughput extend low-latency.

TuneD's `=>` sets a value only where the host has less, and so does `at_least` here.

This page is made by `tests/tuned/table.py`, and checked by a test against the files of Debian's package: a line of
TuneD's that stands in none of these tables is an error, and so is a value that a profile loses.
"""


def flat(node, path=()):
    """Settings of a section by their dotted names; a table with `value` is one that may be left out."""
    for name, value in node.items():
        if isinstance(value, dict) and "value" not in value:
            yield from flat(value, (*path, name))
        else:
            yield ".".join((*path, name)), value


def settings_of(program, profile):
    said = subprocess.run([program, "profile", "show", profile, "--set", "feeds=feed0", "--json"],
                          check=True, capture_output=True, text=True).stdout
    sections = tomllib.loads(json.loads(said)["profile_text"])
    settings = {}
    for plugin, section in sections.items():
        for name, value in flat(section):
            for known in (name, name.partition(".")[2]):  # with or without what the section selects
                settings.setdefault(f"{plugin}.{known}", set()).add(spelled(value))
    return settings


def spelled(value):
    if isinstance(value, dict):
        return ("at least " if value.get("at_least") else "") + spelled(value["value"])
    return str(value).lower() if isinstance(value, bool) else str(value)


def lines():
    for line in (HERE / "lines.tsv").read_text().splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def differences(root):
    """Between lines.tsv and what TuneD's profiles say themselves."""
    said = {}
    for theirs, line, *_ in lines():
        said.setdefault(theirs, set()).add(line)
    for theirs, ours in said.items():
        own = set(lines_of(root, theirs))
        yield from (f"{theirs}: lines.tsv does not have {line}" for line in sorted(own - ours))
        yield from (f"{theirs}: TuneD has no line {line}" for line in sorted(ours - own))


def main():
    program, folder, write = sys.argv[1], pathlib.Path(sys.argv[2]), "--write" in sys.argv[3:]
    root, why = fetched(folder)
    if root is not None and version_of(folder) != VERSION:
        root, why = None, f"what is there is TuneD {version_of(folder)}, and the page is of {VERSION}"
    profiles, wrong, page, last = {}, [], HEAD, None
    for theirs, line, ours, setting, value, note in lines():
        if theirs != last:
            page += f"\n## {theirs}\n\n| line | here | value | |\n|---|---|---|---|\n"
            last = theirs
        escaped = line.replace("|", "\\|")
        if ours == "-":
            page += f"| `{escaped}` | not set | | {note} |\n"
            continue
        if ours not in profiles:
            profiles[ours] = settings_of(program, ours)
        found = profiles[ours].get(setting, set())
        if value not in found:
            wrong.append(f"{theirs}, {line}: {setting} is {', '.join(sorted(found)) or 'missing'} in {ours}, not {value}")
        page += f"| `{escaped}` | `{setting}` in {ours} | `{value}` | {note} |\n"
    if not profiles:
        wrong.append("lines.tsv names no profile")
    if root is not None:
        wrong += differences(root)
    if write and not wrong:
        PAGE.write_text(page)
    elif not write and PAGE.read_text() != page:
        wrong.append(f"docs/tuned.md is not what {pathlib.Path(__file__).name} --write makes")
    print("\n".join(wrong) or f"{sum(1 for _ in lines())} lines, all as they should be")
    if wrong:
        return 1
    if root is None:
        print(f"SKIPPED beside TuneD's own files: {why}")
        return 1 if os.environ.get("NANOTUNE_LAB_REQUIRED") else 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
