#!/usr/bin/env python3
"""What the lab's runs of `nanotune certify` came to: docs/certified.md and docs/certified/drivers.tsv, made of the
data beside it.

  certified.py                     the page and drivers.tsv are made of the data, and enough of the matrix passes (a test)
  certified.py write               makes them so
  certified.py take NAME FOLDER    keeps certify's JSON of each subject in the folder as docs/certified/NAME.json
"""
import collections
import json
import pathlib
import sys

from matrix import MATRIX, PASSED, cells_of, is_excused, is_newer

DOCS = pathlib.Path(__file__).resolve().parent.parent.parent / "docs"
DATA, PAGE, DRIVERS = DOCS / "certified", DOCS / "certified.md", DOCS / "certified" / "drivers.tsv"
RUNS = tuple(name for name in ("stock", "newer") if (DATA / f"{name}.json").exists())
SUBJECTS = (*MATRIX["nics"], "host")
ENOUGH = 0.95
KEPT = ("setting", "on", "before", "tried", "got", "outcome", "with", "message")

HEAD = """# What is certified

`nanotune certify` gives each setting another value, has another program read it, takes it back, and has it read again. These
are its runs in the [lab](../tests/lab/README.md), under Debian's own kernel and a newer one. Drivers that are not here
are untested: nobody has run it on them.

This page is made by `tests/lab/certified.py` of the data in [certified](certified), which `tests/lab/certify` writes; a test checks
that.

"""
SIGNS = """
`+` certified: another program saw the value in force, and the old one after rollback; `~` the same, but clamped by the driver
or due at a later event; `k` kept: taken and taken back, and no other program tells it; `!` refused by the kernel or the
driver; `X` contradicted or not restored; `?` not tried; blank: not there, or cannot change.
"""
SIGN = {"certified": "+", "clamped": "~", "pending": "~", "kept": "k", "refused": "!", "contradicted": "X",
        "not_restored": "X", "not_tried": "?", "unsupported": ""}


def runs():
    return {name: json.loads((DATA / f"{name}.json").read_text()) for name in RUNS}


def take(name, folder):
    """One trial a line, and of what is not there only the name."""
    lines, kernel, version = [], None, None
    for subject in SUBJECTS:
        done = json.loads((pathlib.Path(folder) / f"{subject}.json").read_text())
        if not done["trials"]:
            sys.exit(f"{subject}: nothing was tried: {done['problems']}")
        kernel, version = done["kernel"], done["nanotune"]
        trials = []
        for trial in done["trials"]:
            there = trial["outcome"] != "unsupported"
            kept = {key: trial[key] for key in KEPT if there or key in ("setting", "outcome")}
            kept = {key: value for key, value in kept.items() if value != ""}
            if there and trial["witness"]["command"]:
                kept["witness"] = trial["witness"]["command"]
            trials.append("  " + json.dumps(kept))
        lines.append(f'"{subject}": {{"driver": "{done["driver"] or "host"}", "trials": [\n' + ",\n".join(trials) + "\n]}")
    text = f'{{"kernel": "{kernel}", "nanotune": "{version}", "subjects": {{\n' + ",\n".join(lines) + "\n}}\n"
    json.loads(text)
    DATA.mkdir(exist_ok=True)
    (DATA / f"{name}.json").write_text(text)


def there(trials):
    return [trial for trial in trials if trial["outcome"] != "unsupported"]


def passed(trials):
    return [trial for trial in trials if trial["outcome"] in PASSED]


def denominator(run):
    """Of each setting that the matrix says takes effect or is kept: how many there are, and those that do not pass."""
    count, failing = 0, []
    for subject in SUBJECTS:
        trials = run["subjects"][subject]["trials"]
        for cell in cells_of(subject):
            if not cell.passes(is_newer(run["kernel"])):
                continue
            found = cell.trials(trials)
            if not found:
                count += 1
                failing.append((subject, {"setting": cell.what, "outcome": "missing", "message": "certify has no such setting"}))
            for trial in found:
                count += 1
                if trial["outcome"] not in PASSED:
                    failing.append((subject, trial))
    return count, failing


def summary(data):
    text = "## In short\n\n| | driver |" + "".join(f" Linux {data[name]['kernel']} |" for name in RUNS) + "\n|---|---|" + "---|" * len(RUNS) + "\n"
    for subject in SUBJECTS:
        cells = []
        for name in RUNS:
            trials = data[name]["subjects"][subject]["trials"]
            counts = collections.Counter(trial["outcome"].replace("_", " ") for trial in there(trials))
            told = ", ".join(f"{number} {outcome}" for outcome, number in counts.most_common())
            cells.append(f"**{len(passed(trials))} of {len(there(trials))}**: {told}")
        text += f"| {subject} | {data[RUNS[0]]['subjects'][subject]['driver']} | " + " | ".join(cells) + " |\n"
    text += "\nOf what the [matrix of the lab](../tests/lab/README.md#what-takes-effect-kernel-61) says takes effect or is kept:\n\n"
    for name in RUNS:
        count, failing = denominator(data[name])
        text += (f"- Linux {data[name]['kernel']}: {count - len(failing)} of {count} settings pass "
                 f"({100 * (count - len(failing)) / count:.1f} %).\n")
        for subject, trial in failing:
            text += f"  - `{trial['setting']}` of {subject}: {trial['outcome'].replace('_', ' ')}: {reason(subject, data[name]['kernel'], trial)}\n"
    return text


def reason(subject, kernel, trial):
    for each in MATRIX.get("fails", []):
        if is_excused(subject, kernel, trial) and subject in each["of"] and trial["setting"].startswith(each["setting"].rstrip("*")):
            return each["why"]
    return trial.get("message") or trial["outcome"]


def sign_of(data, name, subject, setting):
    for trial in data[name]["subjects"][subject]["trials"]:
        if trial["setting"] == setting:
            return SIGN[trial["outcome"]]
    return ""


def names_in(data, subjects):
    names = {}
    for name in RUNS:
        for subject in subjects:
            for trial in there(data[name]["subjects"][subject]["trials"]):
                names[trial["setting"]] = True
    return sorted(names)


def tables(data):
    nics = MATRIX["nics"]
    text = f"\n## NICs, setting by setting\n\nLinux {', then '.join(data[name]['kernel'] for name in RUNS)}.\n{SIGNS}\n"
    text += "| setting | " + " | ".join(nics) + " |\n|---|" + "---|" * len(nics) + "\n"
    for setting in names_in(data, nics):
        cells = [" ".join(sign_of(data, name, nic, setting) or "·" for name in RUNS) for nic in nics]
        text += f"| `{setting}` | " + " | ".join("" if not cell.strip("· ") else f"`{cell}`" for cell in cells) + " |\n"
    text += "\n## The host, setting by setting\n\n| setting | on | read by | |\n|---|---|---|---|\n"
    trials = {}
    for name in RUNS:
        for trial in there(data[name]["subjects"]["host"]["trials"]):
            trials.setdefault(trial["setting"], trial)
    for setting in names_in(data, ["host"]):
        cell = " ".join(sign_of(data, name, "host", setting) or "·" for name in RUNS)
        trial = trials[setting]
        text += f"| `{setting}` | {trial['on']} | `{trial.get('witness', '')}` | `{cell}` |\n"
    return text


def remarks(data):
    text = "\n## What did not pass, or only in part\n\n"
    for name in RUNS:
        for subject in SUBJECTS:
            for trial in there(data[name]["subjects"][subject]["trials"]):
                if trial["outcome"] == "certified" or not trial.get("message"):
                    continue
                text += f"- {data[name]['kernel']}, {subject}: `{trial['setting']}` {trial['outcome'].replace('_', ' ')}: {trial['message']}\n"
    return text


def driver_lines(data):
    text = '# Made by tests/lab/certified.py: driver (or "host"), kernel, settings that passed, settings that are there.\n'
    for subject in SUBJECTS:
        for name in RUNS:
            found = data[name]["subjects"][subject]
            fields = (found["driver"], data[name]["kernel"], len(passed(found["trials"])), len(there(found["trials"])))
            text += "\t".join(map(str, fields)) + "\n"
    return text


def main():
    mode = sys.argv[1] if len(sys.argv) > 1 else "check"
    if mode == "take":
        take(*sys.argv[2:4])
        return
    data = runs()
    page = HEAD + summary(data) + tables(data) + remarks(data)
    if mode == "write":
        PAGE.write_text(page)
        DRIVERS.write_text(driver_lines(data))
        return
    wrong = [] if "stock" in RUNS else ["the run on the release's own kernel is missing"]
    if PAGE.read_text() != page or DRIVERS.read_text() != driver_lines(data):
        wrong.append("docs/certified.md or drivers.tsv is not what certified.py write makes of docs/certified/*.json")
    for name in RUNS:
        if is_newer(data[name]["kernel"]) != (name == "newer"):
            wrong.append(f"{name}.json is of kernel {data[name]['kernel']}")
        count, failing = denominator(data[name])
        if count - len(failing) < ENOUGH * count:
            wrong.append(f"{name}: only {count - len(failing)} of {count} settings of the matrix pass")
        for subject, trial in failing:
            if not is_excused(subject, data[name]["kernel"], trial):
                wrong.append(f"{name}: {trial['setting']} of {subject} is {trial['outcome']}, and matrix.toml does not say why")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
