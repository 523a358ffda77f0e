#!/usr/bin/env python3
"""Types at shells as a person does, and looks at what TAB makes of it.

    tests/packaging/completion_test.py BUILD-FOLDER COMPLETIONS-FOLDER

bash must be there; zsh and fish are driven where they are, and named where they are not.
"""
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time

build, scripts = (os.path.realpath(path) for path in sys.argv[1:3])

# What is typed before TAB, and what the line is then (bash ends a whole word with a blank).
whole = [
    ("nanotune veri", "nanotune verify "),
    ("nanotune plan low-l", "nanotune plan low-latency "),
    ("nanotune describe nic.coalesce.adaptive_r", "nanotune describe nic.coalesce.adaptive_rx "),
    ("nanotune list sysc", "nanotune list sysctl "),
    ("nanotune apply --stri", "nanotune apply --strict "),
    ("nanotune apply hft --allow boun", "nanotune apply hft --allow bounces "),
    ("nanotune apply hft --allow drops,boun", "nanotune apply hft --allow drops,bounces "),
    ("nanotune plan hft --set cpus.ir", "nanotune plan hft --set cpus.irq="),
    ("nanotune plan hft --set cpus.irq=aut", "nanotune plan hft --set cpus.irq=auto "),
    ("nanotune plan hft --set=cpus.irq=0,hous", "nanotune plan hft --set=cpus.irq=0,housekeeping "),
    ("nanotune exec --cpus datapath,onl", "nanotune exec --cpus datapath,online "),
    ("nanotune status --colour=alw", "nanotune status --colour=always "),
    ("nanotune status --color=alw", "nanotune status --color=always "),
    ("nanotune plan hft --out=basket", "nanotune plan hft --out=basket.json "),
    ("nanotune import tuned trading-fl", "nanotune import tuned trading-floor "),
    ("nanotune import tuned trading-floor trading-fl", "nanotune import tuned trading-floor trading-floor "),
    ("nanotune describe nic.mtu nic.coalesce.adaptive_r", "nanotune describe nic.mtu nic.coalesce.adaptive_rx "),
    ("nanotune help roll", "nanotune help rollback "),
    ("nanotune certify --nic trad", "nanotune certify --nic trade0 "),
    ("nanotune datapath stop ord", "nanotune datapath stop orders "),
    ("nanotune exec -- basenam", "nanotune exec -- basename "),
]
environment = dict(os.environ, PATH=build + "/bin:" + os.environ["PATH"], TERM="dumb", HISTFILE="")


class Shell:
    """A shell on a terminal of its own. It ends with this program, which holds the other side."""

    def __init__(self, words, setup):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.execvpe(words[0], words, environment)
        self.ask(setup + "; echo rea''dy\n", "ready")

    def ask(self, text, until):
        os.write(self.terminal, text.encode())
        seen = ""
        end = time.monotonic() + 60
        while until not in seen and time.monotonic() < end:
            if select.select([self.terminal], [], [], 1)[0]:
                seen += os.read(self.terminal, 65536).decode(errors="replace")
        assert until in seen, f"{text!r} was to show {until!r}, and showed {seen!r}"
        return seen

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.process, 0)


def in_bash():
    shell = Shell(["bash", "--norc", "--noprofile", "-i"],
                  f"PS1='$ '; bind 'set enable-bracketed-paste off'; source {scripts}/nanotune.bash")
    for typed, wanted in whole:
        # What stands on the line is what bash would run: made a comment's text, printed and not run.
        shell.ask(f"{typed}\t\x01printf '<%s>' '\x05'\n", f"<{wanted}>")
    shell.close()


def in_zsh():
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(["zsh", "-f", "-i"],
                      f"PS1='$ '; fpath=({scripts} $fpath); autoload -U compinit; compinit -u -d {folder}/dump; bindkey -e; unsetopt zle_bracketed_paste")
        for typed, wanted in whole:
            shell.ask(f"{typed}\t\x01printf '<%s>' '\x05'\n", f"<{wanted}".rstrip())
        shell.close()


def in_fish():
    with tempfile.TemporaryDirectory() as home:
        for typed, wanted in whole:
            words = subprocess.run(
                ["fish", "--no-config", "-c", f"source {scripts}/nanotune.fish; complete -C '{typed}'"],
                env=dict(environment, HOME=home), check=True, capture_output=True, text=True, timeout=60).stdout
            last = wanted.split(" ")[-2] if wanted.endswith(" ") else wanted.split(" ")[-1]
            found = [line.split("\t")[0] for line in words.splitlines()]
            assert last in found, f"fish: {typed!r} was to offer {last!r}, and offered {found}"


for name, test in (("bash", in_bash), ("zsh", in_zsh), ("fish", in_fish)):
    if shutil.which(name) or name == "bash":
        test()
        print(f"{name}: {len(whole)} lines completed")
    else:
        print(f"{name} is not installed: not tried")
