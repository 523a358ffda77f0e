#!/usr/bin/python3
"""Runs every command that README.md and docs/*.md show, each document in a network namespace of its own, and compares
what is printed with what is shown. What cannot run there stands in elsewhere.tsv with the test that runs it; its
words are parsed by the program all the same.

    tests/docs/commands.py BUILD-FOLDER [DOCUMENT...]
"""
import fnmatch
import os
import pathlib
import re
import subprocess
import sys
import textwrap

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parents[1]
PROGRAMS = ("nanotune", "nanotune-worker", "make", "systemctl", "systemd-analyze", "journalctl", "busctl", "ip",
            "sysctl", "cmake", "packaging/check-format", "packaging/check-tidy", "ctest", "apt-get", "dpkg", "tests/lab/",
            "echo", "cat", "cp", "mkdir", "tee", "tuned-adm")
PROMPT = re.compile(r"^[#$] (?=\S)")
REMARK = re.compile(r"\s{2,}# .*$")


class Command:
    def __init__(self, document, line, words):
        self.document, self.line, self.words, self.shown = document, line, words, []

    def place(self):
        return f"{self.document}:{self.line}: {self.words}"


def blocks_of(text):
    """Code blocks as (first line's number, language, lines)."""
    fence, language, first, lines = None, "", 0, []
    for number, line in enumerate(text.splitlines() + [""], 1):
        stripped = line.lstrip()
        if fence is None and stripped.startswith("```"):
            if lines:
                yield first, "", lines
            fence, language, first, lines = stripped[:3], stripped[3:].strip(), number + 1, []
        elif fence is not None:
            if stripped.startswith(fence):
                yield first, language, lines
                fence, lines = None, []
            else:
                lines.append(line)
        elif line.startswith("    ") and not re.match(r"\s*[-*] ", line):
            first = first if lines else number
            lines.append(line[4:])
        elif not line and lines:
            lines.append("")
        elif lines:
            while lines and not lines[-1]:
                lines.pop()
            yield first, "", lines
            lines = []
    if lines:
        yield first, "", lines


def commands_in(document, first, lines):
    """A block is a session if it has prompts; otherwise its lines are commands if the first one begins with a program."""
    if not any(PROMPT.match(line) for line in lines):
        starts = [line.split(" ")[0] for line in lines if line.strip()]
        if not starts or not starts[0].startswith(PROGRAMS) or starts[0] in ("echo", "cat"):
            return []
        return [Command(document, first + at, REMARK.sub("", line).strip()) for at, line in enumerate(lines)
                if line.split(" ")[0].startswith(PROGRAMS)]
    found = []
    for at, line in enumerate(lines):
        if PROMPT.match(line):
            found.append(Command(document, first + at, REMARK.sub("", line[2:]).strip()))
        elif found:
            found[-1].shown.append(line.rstrip())
    for command in found:
        while command.shown and not command.shown[-1]:
            command.shown.pop()
    return found


def steps_of(path):
    """What a document does, in its order: files that it shows, and commands."""
    name = str(path.relative_to(TREE))
    for first, language, lines in blocks_of(path.read_text()):
        lines = textwrap.dedent("\n".join(lines)).split("\n")
        title = re.match(r"(?:#|//) ([\w./-]+\.(?:toml|cpp|txt))\b", lines[0]) if lines else None
        if language in ("toml", "cpp", "cmake") or title:
            if title:
                yield "file", (title[1], "\n".join(lines) + "\n")
        elif language in ("", "console", "sh"):
            for command in commands_in(name, first, lines):
                yield "command", command


def inline_commands(path):
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.S)
    text = "\n".join(line for line in text.splitlines() if not line.startswith("    "))
    for words in re.findall(r"`(nanotune [^`\n]+)`", text):
        if re.match(r"nanotune [a-z]", words):
            yield words


class Elsewhere:
    """Lines of elsewhere.tsv: a pattern of commands, "shown" or "parsed", where it is run, what stands there, why."""

    def __init__(self):
        self.rows, self.used = [], set()
        for line in (HERE / "elsewhere.tsv").read_text().splitlines():
            if line and not line.startswith("#"):
                pattern, how, where, needle, why = line.split("\t")
                assert how in ("parsed", "run"), line
                text = (TREE / where).read_text() if where != "-" else ""
                assert where == "-" or needle in text, f"{where} does not run {needle!r}"
                self.rows.append((pattern, how, why))

    def of(self, words):
        for pattern, how, _ in self.rows:
            if fnmatch.fnmatchcase(words, pattern):
                self.used.add(pattern)
                return how
        return None


def like(shown):
    """What is printed, as an expression: times and numbers of processes differ, "..." is anything."""
    lines = []
    for line in shown:
        if line.strip() == "...":
            lines.append(r"(?:.*\n)*?")
            continue
        line = re.escape(line)
        line = re.sub(r"\d{4}\\-\d\d\\-\d\dT[\d:]+Z", r"\\d{4}-\\d\\d-\\d\\dT[\\d:]+Z", line)
        line = re.sub(r"process\\ \d+", r"process\\ \\d+", line)
        lines.append(line + r"\n")
    return "".join(lines) + r"(?:.*\n)*" * (bool(shown) and shown[-1].strip() == "...")


def parsed(words, environment):
    """The program's own parser, verb, options and operands; nothing is done."""
    first = words.split(" -- ")[0].split(" | ")[0].split(" > ")[0]
    got = subprocess.run(first + " --help", shell=True, env=environment, capture_output=True, text=True, timeout=60)
    return None if got.returncode == 0 else got.stdout + got.stderr


SETUP = """
set -e
mount -t sysfs sysfs /sys
for place in /run /var/lib /root /etc/nanotune; do
    [ -d $place ] || continue
    mount -t tmpfs -o mode=0755 tmpfs $place
done
mount -t tmpfs -o mode=0755 tmpfs /usr/local
cp -a "$1"/. /usr/local
ip link set lo up
ip link add eth1 numrxqueues 2 numtxqueues 2 type veth peer name peer1 numrxqueues 2 numtxqueues 2
ip link set eth1 up
ip link set peer1 up
sysctl -q -w net.ipv4.tcp_slow_start_after_idle=1
until [ "$(cat /sys/class/net/eth1/operstate)" = up ]; do sleep 0.01; done
"""


def run_document(path, environment, elsewhere, installed):
    """Inside the namespace. Returns what is wrong."""
    subprocess.run(["bash", "-c", SETUP, "bash", installed], check=True)
    os.chdir("/root")
    wrong, ran = [], 0
    for kind, step in steps_of(path):
        if kind == "file":
            pathlib.Path(step[0]).write_text(step[1])
            continue
        how = elsewhere.of(step.words)
        if how == "parsed":
            if re.match(r"(ip netns exec \w+ )?nanotune ", step.words):
                complaint = parsed(step.words[step.words.index("nanotune"):], environment)
                wrong += [f"{step.place()}\n{complaint}"] if complaint else []
            continue
        got = subprocess.run(step.words, shell=True, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, timeout=240)
        ran += 1
        print(f"{step.place()} [{got.returncode}]")
        shown = [line for line in step.shown if not line.startswith("[exit status ")]
        statuses = [int(line[13:-1]) for line in step.shown if line.startswith("[exit status ")]
        allowed = statuses or ([0, 2] if re.match(r"nanotune (plan|verify|doctor|rollback.* --plan)(?!\S)", step.words) else [0])
        if got.returncode not in allowed:
            wrong.append(f"{step.place()}: ended with {got.returncode}\n{got.stdout}")
        elif shown and how != "run" and not re.fullmatch(like(shown), got.stdout):
            wrong.append(f"{step.place()}: prints something else than is shown\n{got.stdout}")
    for words in inline_commands(path):
        complaint = parsed(re.sub(r"\s*\.\.\.", "", words), environment)
        wrong += [f"{path.name}: `{words}`\n{complaint}"] if complaint else []
    print(f"{path.relative_to(TREE)}: {ran} commands run")
    return wrong


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    names = sys.argv[2:]
    documents = [TREE / name for name in names] or [TREE / "README.md", *sorted((TREE / "docs").glob("*.md"))]
    if os.environ.get("NANOTUNE_DOCUMENT"):
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C"}
        wrong = run_document(pathlib.Path(os.environ["NANOTUNE_DOCUMENT"]), environment, Elsewhere(),
                             str(build / "docs-prefix"))
        print("\n".join(wrong))
        sys.exit(1 if wrong else 0)
    subprocess.run(["cmake", "--install", build, "--prefix", build / "docs-prefix"], check=True,
                   stdout=subprocess.DEVNULL)
    failed = False
    for document in documents:
        got = subprocess.run(["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                              sys.executable, __file__, str(build)],
                             env={**os.environ, "NANOTUNE_DOCUMENT": str(document)})
        failed = failed or got.returncode != 0
    if not names:
        elsewhere = Elsewhere()
        for document in documents:
            for kind, step in steps_of(document):
                if kind == "command":
                    elsewhere.of(step.words)
        for pattern, _, _ in elsewhere.rows:
            if pattern not in elsewhere.used:
                print(f"elsewhere.tsv: {pattern}: no document shows it")
                failed = True
    sys.exit(1 if failed else 0)


main()
