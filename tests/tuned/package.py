"""TuneD's profiles as Debian's package tuned has them: fetched into a folder once, unpacked there, never installed."""
import os
import re
import subprocess
import tempfile

# Words of a section that say when or where it counts, and set nothing.
OF_SECTIONS = {"type", "priority", "uname_regex", "cpuinfo_regex"}


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def fetched(folder):
    """The folder that the package is unpacked in, or None and why."""
    root = folder / "root"
    if root.is_dir():
        return root, ""
    folder.mkdir(parents=True, exist_ok=True)
    own = ["-o", "APT::Sandbox::User=root"]
    said = run("apt-get", "-qq", *own, "download", "tuned", cwd=folder)
    if said.returncode:  # a machine without lists of packages: some of our own
        own += ["-o", f"Dir::State::Lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache"]
        for part in ("lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        run("apt-get", "-qq", *own, "update")
        said = run("apt-get", "-qq", *own, "download", "tuned", cwd=folder)
    packages = list(folder.glob("tuned_*.deb"))
    if not packages:
        return None, said.stderr.strip()
    draft = tempfile.mkdtemp(dir=folder)
    run("dpkg-deb", "-x", str(packages[0]), draft, check=True)
    os.rename(draft, root)
    return root, ""


def version_of(folder):
    """Of the package that is unpacked there: "2.20"."""
    return re.search(r"tuned_(\d+\.\d+)", next(folder.glob("tuned_*.deb")).name)[1]


def profile_files(root):
    """Each profile's own file, by its name; newer versions have a folder for them."""
    files = (file for place in ("", "profiles") for file in (root / "usr/lib/tuned" / place).glob("*/tuned.conf"))
    return {file.parent.name: file for file in files}


def sections_of(root, profile):
    """Of one profile's own file, without those that it includes: section to its "key=value" lines, in order."""
    sections, section = {}, []
    for line in profile_files(root)[profile].read_text().splitlines():
        line = line.strip()
        if line.startswith("["):
            section = sections.setdefault(line[1:line.index("]")], [])
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            section.append((key.strip(), value.strip().strip('"')))
    return sections


def lines_of(root, profile):
    """What the profile sets, as "[section] key=value", up to what TuneD puts in for a variable; a command line of the
    kernel's once for each of its words."""
    sections = sections_of(root, profile)
    variables = dict(sections.pop("variables", []))
    sections.pop("main", None)
    for section, options in sections.items():
        if not options:
            yield f"[{section}]"
        for key, value in options:
            if section == "bootloader" and key.startswith("cmdline"):
                for name in re.findall(r"\$\{(\w+)\}", value):  # words that a variable brings
                    for word in re.findall(r": ([\w.]+=)", variables.get(name, "")):
                        yield f"[bootloader] {word}"
                for word in value.lstrip("+").split():
                    yield f"[bootloader] {plain(word)}"
            elif key not in OF_SECTIONS:
                yield f"[{section}] {plain(f'{key}={value}')}"


def plain(text):
    return text.partition("${")[0].strip()
