#!/usr/bin/env python3
"""Makes the man pages: what is written by hand, with what the program that was built says of its own verbs, options and
settings in the places of @verbs@, @options@ and @plugins@; and a whole page for each plugin.

    docs/man/pages.py BUILD-FOLDER SCDOC OUT-FOLDER PLUGIN...
"""
import collections
import functools
import glob
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile


class Program:
    """nanotune as it was built, on the plugins that were built with it."""

    def __init__(self, build):
        self.program = build + "/bin/nanotune"
        self.folder = build + "/plugins"

    def says(self, *words):
        with tempfile.TemporaryDirectory() as state:
            folders = ["--direct", "--plugin-dir", self.folder, "--state-dir", state]
            return self.run(*words, *folders)

    def help(self, *words):
        return self.run(*words, "--help")

    def run(self, *words):
        return subprocess.run([self.program, *words], env=dict(os.environ, COLUMNS="9999"), check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    @functools.cached_property
    def plugins_there(self):
        plugins = json.loads(self.says("version", "--json"))["plugins"]
        assert plugins and not any(plugin["refused"] for plugin in plugins), plugins
        return plugins

    @functools.cached_property
    def settings(self):
        return json.loads(self.says("list", "--json"))["settings"]


def plain(text):
    """Text as it is, whatever scdoc would make of its characters."""
    return re.sub(r"([\\*_#.|\[\]<>~`-])", r"\\\1", text)


def sentence(text):
    text = plain(text[:1].upper() + text[1:])
    return text if text.endswith(".") else text + "."


def option_rows(lines):
    """The rows of a table of options, as help prints it: name and value, two blanks, and what it does."""
    page = ""
    for line in lines:
        names, does = re.fullmatch(r"  (\S.*?)  +(\S.*)", line).groups()
        names, _, value = names.rpartition(" ") if re.search(r"--[a-z-]+ \S+$", names) else (names, "", "")
        page += "\n" + ", ".join(f"*{plain(name)}*" for name in names.split(", "))
        page += f" _{plain(value)}_" if value else ""
        page += f"\n\t{plain(does)}\n"
    return page


def parts(text):
    """A verb's help: its line, its usage, its details, its options, the options of all."""
    found = re.fullmatch(r"nanotune \S+: ([^\n]*)\n\nusage: nanotune ([^\n]*)\n(?:\n((?!options:|every verb)[^\n]*(?:\n[^\n]+)*)\n)?"
                         r"(?:\noptions:\n((?:  [^\n]*\n)+))?\nevery verb takes:\n((?:  [^\n]*\n)+)", text)
    assert found, text
    return found.groups(default="")


def verb_names(program):
    listed = re.search(r"VERB \[OPTION\]\.\.\.\n\n((?:  [^\n]*\n)+)", program.help()).group(1)
    return [line.split()[0] for line in listed.splitlines()]


def verbs(program):
    page = ""
    for verb in verb_names(program):
        does, usage, details, options, _ = parts(program.help(verb))
        page += f"\n## {plain(verb)}\n\n*nanotune {plain(verb)}*{plain(usage[len(verb):])}\n\n{sentence(does)}\n"
        page += f"\n{plain(details)}\n" if details else ""
        page += option_rows(options.splitlines())
    return page


def options(program):
    return option_rows(parts(program.help("list"))[4].splitlines())


def plugins(program):
    return "".join(f"\n*nanotune-{plugin['name']}*(5)\n\t{plain(plugin['summary'])}\n" for plugin in program.plugins_there)


def impact(setting):
    if setting["check_only"]:
        return "It is checked, never written."
    if setting["impact"] == "reboot":
        return "Only a new kernel command line and a reboot do it."
    return f"A change needs *--allow {setting['impact']}*." if setting["impact"] else ""


def plugin_page(program, name):
    plugin = next(each for each in program.plugins_there if each["name"] == name)
    settings = [setting for setting in program.settings if setting["name"].startswith(name + ".")]
    page = f"nanotune-{name}(5)\n\n# NAME\n\nnanotune-{name} - {plain(plugin['summary'].rstrip('.'))}\n\n# SYNOPSIS\n\n"
    sections = [section for section, _ in collections.Counter(setting["section"] for setting in settings).most_common()]
    page += "++\n".join(plain(section) for section in sections) + "\n\n# SETTINGS\n"
    for setting in settings:
        page += f"\n*{plain(setting['name'][len(name) + 1:])}*\n\t{plain(setting['summary'])}\n\n\tAccepts {plain(setting['accepts'])}.\n"
        page += f"\n\tStands in {plain(setting['section'])}.\n" if setting["section"] != sections[0] else ""
        page += f"\n\t{impact(setting)}\n" if impact(setting) else ""
        page += f"\n\tAlso called {plain(setting['aliases'])}.\n" if setting["aliases"] else ""
    return page + "\n# SEE ALSO\n\n*nanotune-profile*(5), *nanotune*(1)\n"


def written_page(program, path):
    told = {"verbs": verbs, "options": options, "plugins": plugins}
    with open(path, encoding="utf-8") as file:
        return re.sub(r"^@(\w+)@$", lambda part: told[part[1]](program), file.read(), flags=re.MULTILINE)


def main():
    build, scdoc, folder, *names = sys.argv[1:]
    program = Program(os.path.realpath(build))
    pages = {f"nanotune-{name}.5": plugin_page(program, name) for name in names}
    for path in glob.glob(os.path.dirname(os.path.realpath(__file__)) + "/*.scd"):
        pages[os.path.basename(path).removesuffix(".scd")] = written_page(program, path)
    for name, text in pages.items():
        roff = subprocess.run([scdoc], input=text.encode(), stdout=subprocess.PIPE, check=True).stdout
        with open(f"{folder}/{name}.gz", "wb") as file:
            file.write(gzip.compress(roff, mtime=0))


main()
