#!/usr/bin/env python3
"""branches.py BRANCHES.csv PACKAGE OUT: one package per branch, with that branch's roll-out file in it. PACKAGE: the .deb, or what the
installer for Windows installs: the folder "windows", or the archive of it that is kept beside a release.

BRANCHES.csv has a line of names and then one line a branch:

  branch,server,licence,language,printers
  Paris 1,https://print.example.com,keys/paris-1.txt,fr,Counter=tcp://192.0.2.10:9100;Kitchen=tcp://192.0.2.11:9100

licence names a file with that branch's key, beside the table; empty: the till asks for it. language: en, fr, ar, or empty. A printer may
name its model and its roles: Counter=tcp://192.0.2.10:9100 epson-tm-t20iii receipt+default. A sixth column, group, may name the group of
the till's account, which alone may then read the file on Linux.
"""
import csv
import os
import re
import subprocess
import sys
import tempfile
import unicodedata

COLUMNS = ["branch", "server", "licence", "language", "printers"]
OPTIONAL = ["group"]
LANGUAGES = ["", "en", "fr", "ar"]
ROLES = ["receipt", "kitchen", "bar", "label", "default"]
# For root alone, as there may be a key in it. The package's postinst puts it where tills look.
PLACE = "usr/lib/platen/branch.toml"
GROUP = "usr/lib/platen/branch.group"
# By the name that Platen gives its own, so that one takes the place of the other.
AT_LOGIN = "etc/xdg/autostart/Platen.desktop"
ENTRY = """[Desktop Entry]
Type=Application
Name=Platen
Exec=/usr/bin/platen --supervise --minimized
Icon=platen
"""
HERE = os.path.dirname(os.path.abspath(__file__))
# How every key for updates begins, in a program that was built with one: "untrusted comment:".
UPDATE_KEY = b"dW50cnVzdGVkIGNvbW1lbnQ6"
# What programs for development take, of which the private half is known to everybody.
TEST_KEY = os.path.join(HERE, "..", "tests", "data", "update-test.pub")


class Wrong(Exception):
    """What is wrong with the table, in words."""


def text(value):
    """A string of TOML."""
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise Wrong("a value has a character in it that nobody can see")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def rollout(row, folder):
    """The roll-out file of a branch (docs/roll-out.md)."""
    lines = ["# " + re.sub(r"\s+", " ", row["branch"])]
    if row["licence"]:
        with open(os.path.join(folder, row["licence"]), encoding="utf-8") as file:
            lines.append(f"license_key = {text(file.read().strip())}")
    lines += ["", "[gateway]", f"url = {text(row['server'])}"]
    if row["language"] not in LANGUAGES:
        raise Wrong(f"{row['language']!r} is none of the languages {', '.join(filter(None, LANGUAGES))}")
    if row["language"]:
        lines += ["", "[desktop]", f"language = {text(row['language'])}"]
    for one in filter(None, (one.strip() for one in row["printers"].split(";"))):
        lines += ["", *printer(one)]
    return "\n".join(lines) + "\n"


def printer(said):
    name, equals, rest = said.partition("=")
    uri, *more = rest.split()
    if not equals or not name.strip() or len(more) > 2:
        raise Wrong(f"a printer is written like Counter=tcp://192.0.2.10:9100, not {said!r}")
    lines = ["[[printers]]", f"name = {text(name.strip())}", f"uri = {text(uri)}"]
    if more:
        lines.append(f"profile = {text(more[0])}")
    if more[1:]:
        roles = re.split("[+,]", more[1])
        if strange := sorted(set(roles) - set(ROLES)):
            raise Wrong(f"{strange[0]!r} is none of the roles {', '.join(ROLES)}")
        lines.append(f"roles = [{', '.join(text(role) for role in roles)}]")
    return lines


def pack(package, branch, out):
    """The same package with a roll-out file, and a start at every login."""
    with tempfile.TemporaryDirectory() as work:
        root = os.path.join(work, "root")
        subprocess.run(["dpkg-deb", "-R", package, root], check=True)
        put(root, PLACE, branch["settings"], 0o600)
        if branch["group"]:
            put(root, GROUP, branch["group"] + "\n", 0o644)
        # platen-headless has no session to start in.
        if os.path.exists(os.path.join(root, "usr/bin/platen")):
            put(root, AT_LOGIN, ENTRY, 0o644)
            # People may change it.
            put(root, "DEBIAN/conffiles", f"/{AT_LOGIN}\n", 0o644)
        path = os.path.join(out, f"platen-{branch['name']}.deb")
        pack = ["dpkg-deb", "--root-owner-group", *packing(package), "--build", root, path]
        subprocess.run(pack, check=True, stdout=subprocess.DEVNULL)
    print(path)


def put(root, place, content, mode):
    """A file of that mode, and folders that everybody can read, whatever this computer's habits are."""
    folder = root
    for part in os.path.dirname(place).split("/"):
        folder = os.path.join(folder, part)
        if not os.path.isdir(folder):
            os.mkdir(folder)
            os.chmod(folder, 0o755)
    path = os.path.join(root, place)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(content)
    os.chmod(path, mode)


def pack_for_windows(stage, branch, out):
    """An installer with a roll-out file, which it puts beside the program."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write(branch["settings"])
        file.flush()
        path = os.path.join(out, f"platen-{branch['name']}-setup.exe")
        subprocess.run([os.path.join(HERE, "windows", "pack.sh"), stage, path, file.name], check=True)
    print(path)


def packing(package):
    """As the package is packed; the fast way, as there are many branches."""
    parts = subprocess.run(["ar", "t", package], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return ["-Zgzip" if "data.tar.gz" in parts else "-Zxz", "-z1"]


def rows(table):
    with open(table, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames not in (COLUMNS, COLUMNS + OPTIONAL):
            raise Wrong(f"the first line has to be {','.join(COLUMNS)}, and may go on with ,{','.join(OPTIONAL)}")
        for row in reader:
            if None in row or None in row.values():
                raise Wrong(f"line {reader.line_num} has not {len(reader.fieldnames)} columns; what has a comma in it stands in quotes")
            yield reader.line_num, {column: row.get(column, "").strip() for column in COLUMNS + OPTIONAL}


def branches(table):
    """What every line says, before anything is made of the first."""
    found = {}
    for line, row in rows(table):
        try:
            name = name_of(row["branch"], line)
            if name in found:
                raise Wrong(f"{row['branch']!r} has the name of another branch, {name}")
            if row["group"] and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.@-]*", row["group"]):
                raise Wrong(f"{row['group']!r} is no name of a group")
            found[name] = {"name": name, "settings": rollout(row, os.path.dirname(table)), "group": row["group"]}
        except (Wrong, OSError, ValueError) as wrong:
            raise Wrong(f"line {line}: {wrong}") from wrong
    return list(found.values())


def name_of(branch, line):
    """What its file is called, in letters that every system takes; where it has none of those, by its line."""
    plain = unicodedata.normalize("NFKD", branch.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if not branch:
        raise Wrong("the branch has no name")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or f"line-{line}"


def program(package):
    """The program that is to be installed; none where it installs no new versions itself."""
    if os.path.isdir(package):
        with open(os.path.join(package, "platen.exe"), "rb") as file:
            return file.read()
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as files:
        pick = ["tar", "-xO", "./usr/bin/platen"]
        return subprocess.run(pick, check=False, stdin=files.stdout, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def warn_of(package):
    """What is packed is what was built once; whether its tills will take updates is seen here for the last time."""
    content = program(package)
    with open(TEST_KEY, "rb") as file:
        test_key = file.read().strip()
    if content and UPDATE_KEY not in content:
        say("WARNING: this program was built without PLATEN_UPDATE_KEY: these tills will never look for updates (docs/roll-out.md)")
    elif test_key in content:
        say("WARNING: this program is one for development, which takes updates from everybody: build it with PLATEN_UPDATE_KEY")


def say(words):
    print(f"branches: {words}", file=sys.stderr)


def unpacked(package, work):
    """The folder that an archive beside a release holds; anything else as it is."""
    if not package.endswith(".tar.gz"):
        return package
    subprocess.run(["tar", "-xzf", package, "-C", work], check=True)
    return os.path.join(work, "windows")


def main():
    table, package, out = sys.argv[1:]
    if not os.path.exists(package):
        raise Wrong(f"there is no {package}")
    found = branches(table)
    os.makedirs(out, exist_ok=True)
    say(f"{len(found)} from {package}")
    with tempfile.TemporaryDirectory() as work:
        package = unpacked(package, work)
        warn_of(package)
        pack_as = pack_for_windows if os.path.isdir(package) else pack
        for branch in found:
            pack_as(package, branch, out)


try:
    main()
except (Wrong, OSError, subprocess.CalledProcessError) as error:
    sys.exit(f"branches: {error}")
