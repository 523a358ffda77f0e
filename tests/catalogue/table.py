#!/usr/bin/env python3
"""Every line of the catalogue of settings beside the settings here, as docs/catalogue.md has it.

  table.py PROGRAM            checks the lines against `PROGRAM list`, and the page against both
  table.py PROGRAM --write    writes the page

A setting or a command's option that PROGRAM does not have is an error, and so is a line without either and without a
reason.
"""
import fnmatch
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parent.parent / "docs" / "catalogue.md"
HEAD = """# The catalogue

What a tuner of network hosts must know, by the interface of the kernel that it is, and what sets or checks it here: a
setting of a profile, or a command. What TuneD's profiles set is compared value for value in [tuned.md](tuned.md).

This page is made by `tests/catalogue/table.py`, and checked by a test: a line without a setting or a reason is an error.
"""


def said(program, *words):
    return subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout


def lines():
    for line in (HERE / "lines.tsv").read_text().splitlines():
        if not line.startswith("#"):
            section, what, here, note = line.split("\t")
            yield section, what, here, note


def things(here):
    """Settings and commands: a command takes the option that follows it."""
    words, taken = here.split(), []
    while words:
        word = words.pop(0)
        taken.append(f"{word} {words.pop(0)}" if words and words[0].startswith("--") else word)
    return taken


def is_taken(program, setting):
    """Whether a profile may set it though it is not listed: a name that only a host or a driver has."""
    plugin, _, key = setting.partition(".")
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as profile:
        section, quoted = ("sysctl", f'"{key}"') if plugin == "sysctl" else (f"{plugin}.eth0", key)
        profile.write(f"[{section}]\n{quoted.replace('*', 'x')} = true\n")
        profile.flush()
        told = subprocess.run([program, "profile", "check", profile.name], capture_output=True, text=True)
    return "has no setting" not in told.stdout + told.stderr


def main():
    program, write = sys.argv[1], "--write" in sys.argv[2:]
    settings = {one["name"] for one in json.loads(said(program, "list", "--json"))["settings"]}
    helps, wrong, page, last, named, count = {}, [], HEAD, None, set(), 0
    for section, what, here, note in lines():
        count += 1
        if section != last:
            page += f"\n## {section}\n\n| line | here | |\n|---|---|---|\n"
            last = section
        escaped = what.replace("|", "\\|")
        if here == "-":
            page += f"| `{escaped}` | none | {note} |\n"
            if not note:
                wrong.append(f"{section}, {what}: neither a setting nor a reason")
            continue
        for thing in things(here):
            command, _, option = thing.partition(" ")
            if "." not in command:
                if command not in helps:
                    helps[command] = said(program, command, "--help")
                if option not in helps[command]:
                    wrong.append(f"{section}, {what}: nanotune {command} has no {option}")
            elif command in settings or is_taken(program, command):
                named.update(fnmatch.filter(settings, command))
            else:
                wrong.append(f"{section}, {what}: there is no setting {command}")
        page += f"| `{escaped}` | {', '.join(f'`{thing}`' for thing in things(here))} | {note} |\n"
    if not named:
        wrong.append("lines.tsv names no setting")
    if write and not wrong:
        PAGE.write_text(page)
    elif not write and PAGE.read_text() != page:
        wrong.append(f"docs/catalogue.md is not what {pathlib.Path(__file__).name} --write makes")
    print("\n".join(wrong) or f"{count} lines, {len(named)} settings named")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
