#!/usr/bin/env python3
"""What TuneD's profiles set beside what ours do, as docs/tuned.md has it.

  table.py PROGRAM            checks every line against the shipped profiles, and the page against both
  table.py PROGRAM --write    writes the page

A line whose setting is not in our profile, or has another value there, is an error.
"""
import json
import pathlib
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parent.parent / "docs" / "tuned.md"
HEAD = """# From TuneD's profiles to these

What each line of TuneD 2.20's profiles for latency and throughput sets, and what sets it here. A profile
includes those that it extends: TuneD's network-latency includes latency-performance, realtime and
cpu-partitioning include network-latency; here all but throughput extend low-latency.

This page is made by `tests/tuned/table.py`, and checked by a test: a value that a profile loses is an error.
"""


def flat(node, path=()):
    """Settings of a section by their dotted names; a table with `value` is one that may be left out."""
    for name, value in node.items():
        if isinstance(value, dict) and "value" not in value:
            yield from flat(value, (*path, name))
        else:
            yield ".".join((*path, name)), value["value"] if isinstance(value, dict) else value


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
    return str(value).lower() if isinstance(value, bool) else str(value)


def lines():
    for line in (HERE / "lines.tsv").read_text().splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def main():
    program, write = sys.argv[1], "--write" in sys.argv[2:]
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
    if write and not wrong:
        PAGE.write_text(page)
    elif not write and PAGE.read_text() != page:
        wrong.append(f"docs/tuned.md is not what {pathlib.Path(__file__).name} --write makes")
    print("\n".join(wrong) or f"{sum(1 for _ in lines())} lines, all as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
