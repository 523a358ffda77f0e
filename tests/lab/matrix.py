#!/usr/bin/env python3
"""matrix.toml: as README.md has it, and against what certify found.

  matrix.py                        README.md is made of it (a test)
  matrix.py write                  makes it so
  matrix.py agree SUBJECT FILE     certify's JSON of the NIC model, or of the host, is what it says

The other scripts here use it for what a cell means.
"""
import fnmatch
import json
import pathlib
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
README = HERE / "README.md"
BEGIN, END = "<!-- made of matrix.toml by matrix.py -->\n", "<!-- end -->\n"
PASSED = {"certified", "clamped", "pending", "kept"}

MATRIX = tomllib.loads((HERE / "matrix.toml").read_text())


def is_newer(kernel):
    return tuple(int(part) for part in kernel.split("-")[0].split(".")[:2]) >= (6, 12)


class Cell:
    """What a row says of one subject."""

    def __init__(self, row, said):
        table = said if isinstance(said, dict) else {"says": said}
        self.what = row["what"]
        self.says = table["says"]
        self.newer = table.get("newer", self.says)
        self.patterns = table.get("settings", row["settings"])
        self.own_word = table.get("passes")

    def passes(self, newer=False):
        """Whether what it says is that the settings take effect, or are kept."""
        says = self.newer if newer else self.says
        return says[0] in "YS" if self.own_word is None else self.own_word

    def takes(self, setting):
        wanted = [each for each in self.patterns if not each.startswith("-")]
        left_out = [each[1:] for each in self.patterns if each.startswith("-")]
        fits = lambda pattern: fnmatch.fnmatchcase(setting, pattern)
        return any(map(fits, wanted)) and not any(map(fits, left_out))

    def trials(self, trials):
        return [trial for trial in trials if self.takes(trial["setting"])]


def cells_of(subject):
    """Of a NIC's model, or of "host"."""
    if subject == "host":
        return [Cell(row, row["says"]) for row in MATRIX["host"]]
    at = MATRIX["nics"].index(subject)
    return [Cell(row, row["says"][at]) for row in MATRIX["row"]]


def disagreements(subject, kernel, trials):
    """A line for each setting that is not what the matrix says of it."""
    newer, wrong = is_newer(kernel), []
    for cell in cells_of(subject):
        found = cell.trials(trials)
        passes = cell.passes(newer)
        if passes and not found:
            wrong.append(f"{cell.what}: certify has no such setting")
        for trial in found:
            if (trial["outcome"] in PASSED) != passes and not (passes and is_excused(subject, kernel, trial)):
                wrong.append(f"{cell.what}: {trial['setting']} is {trial['outcome']} "
                             f"({trial['message']}), and the matrix says \"{cell.newer if newer else cell.says}\"")
    return wrong


def is_excused(subject, kernel, trial):
    """Explained in matrix.toml, where it is known to fail."""
    return any(subject in each["of"] and fnmatch.fnmatchcase(trial["setting"], each["setting"]) and
               each.get("kernel", "any") in ("any", "newer" if is_newer(kernel) else "stock")
               for each in MATRIX.get("fails", []))


def tables():
    says = lambda said: said["says"] if isinstance(said, dict) else said
    text = "| | " + " | ".join(MATRIX["nics"]) + " |\n|---|" + "---|" * len(MATRIX["nics"]) + "\n"
    for row in MATRIX["row"]:
        text += f"| {row['what']} | " + " | ".join(map(says, row["says"])) + " |\n"
    text += "\n| of the host | |\n|---|---|\n"
    for row in MATRIX["host"]:
        text += f"| {row['what']} | {says(row['says'])} |\n"
    if MATRIX.get("fails"):
        text += "\nKnown not to pass:\n\n"
        for each in MATRIX["fails"]:
            where = "" if each.get("kernel", "any") == "any" else f", {each['kernel']} kernel"
            text += f"- `{each['setting']}` ({', '.join(each['of'])}{where}): {each['why']}\n"
    return text


def made(readme):
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + tables() + END + after


def main():
    mode = sys.argv[1] if len(sys.argv) > 1 else "check"
    if mode == "agree":
        subject, file = sys.argv[2:4]
        done = json.loads(pathlib.Path(file).read_text())
        if not done.get("trials"):
            sys.exit(f"{subject}: nothing was tried: {done.get('problems')}")
        wrong = disagreements(subject, done["kernel"], done["trials"])
        wrong += [f"{trial['setting']}: {trial['outcome']}: {trial['message']}" for trial in done["trials"]
                  if trial["outcome"] in ("contradicted", "not_restored")]
        print("\n".join(wrong) or f"{subject}: as the matrix says: {done['counts']}")
        sys.exit(bool(wrong))
    readme = README.read_text()
    if BEGIN not in readme or END not in readme:
        sys.exit(f"README.md has lost its marks: {BEGIN}")
    if mode == "write":
        README.write_text(made(readme))
    elif readme != made(readme):
        sys.exit("README.md is not what matrix.py write makes of matrix.toml")


if __name__ == "__main__":
    main()
