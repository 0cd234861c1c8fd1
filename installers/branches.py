#!/usr/bin/env python3
"""branches.py BRANCHES.csv PACKAGE OUT: one package per branch, with that branch's roll-out file in it. PACKAGE: the .deb, or the folder
"windows" of what the installer for Windows installs.

BRANCHES.csv has a line of names and then one line a branch:

  branch,server,licence,language,printers
  Paris 1,https://print.example.com,keys/paris-1.txt,fr,Counter=tcp://192.0.2.10:9100;Kitchen=tcp://192.0.2.11:9100

licence names a file with that branch's key, beside the table; empty: the till asks for it. language: en, fr, ar, or empty. A printer may
name its model and its roles: Counter=tcp://192.0.2.10:9100 epson-tm-t20iii receipt,default
"""
import csv
import os
import re
import subprocess
import sys
import tempfile

COLUMNS = ["branch", "server", "licence", "language", "printers"]
PLACE = "etc/platen/platen.toml"
# By the name that Platen gives its own, so that one takes the place of the other.
AT_LOGIN = "etc/xdg/autostart/Platen.desktop"
ENTRY = """[Desktop Entry]
Type=Application
Name=Platen
Exec=/usr/bin/platen --supervise --minimized
Icon=platen
"""


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
        lines.append(f"roles = [{', '.join(text(role) for role in more[1].split(','))}]")
    return lines


def pack(package, settings, name, out):
    """The same package with a roll-out file, and a start at every login; dpkg knows both as files that people may change."""
    with tempfile.TemporaryDirectory() as work:
        root = os.path.join(work, "root")
        subprocess.run(["dpkg-deb", "-R", package, root], check=True)
        for place, content in [(PLACE, settings), (AT_LOGIN, ENTRY)]:
            os.makedirs(os.path.join(root, os.path.dirname(place)))
            with open(os.path.join(root, place), "w", encoding="utf-8") as file:
                file.write(content)
            with open(os.path.join(root, "DEBIAN", "conffiles"), "a", encoding="utf-8") as file:
                file.write(f"/{place}\n")
        path = os.path.join(out, f"platen-{name}.deb")
        pack = ["dpkg-deb", "--root-owner-group", *packing(package), "--build", root, path]
        subprocess.run(pack, check=True, stdout=subprocess.DEVNULL)
    print(path)


def pack_for_windows(stage, settings, name, out):
    """An installer with a roll-out file, which it puts beside the program."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write(settings)
        file.flush()
        path = os.path.join(out, f"platen-{name}-setup.exe")
        packer = os.path.join(os.path.dirname(os.path.abspath(__file__)), "windows", "pack.sh")
        subprocess.run([packer, stage, path, file.name], check=True)
    print(path)


def packing(package):
    """As the package is packed; the fast way, as there are many branches."""
    parts = subprocess.run(["ar", "t", package], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return ["-Zgzip" if "data.tar.gz" in parts else "-Zxz", "-z1"]


def rows(table):
    with open(table, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != COLUMNS:
            raise Wrong(f"the first line has to be {','.join(COLUMNS)}")
        for row in reader:
            if None in row or None in row.values():
                raise Wrong(f"line {reader.line_num} has not {len(COLUMNS)} columns")
            yield reader.line_num, {column: value.strip() for column, value in row.items()}


def main():
    table, package, out = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    made = set()
    for line, row in rows(table):
        try:
            name = re.sub(r"[^a-z0-9]+", "-", row["branch"].lower()).strip("-")
            if not name or name in made:
                raise Wrong(f"{row['branch']!r} is no name, or that of another branch too")
            made.add(name)
            pack_as = pack_for_windows if os.path.isdir(package) else pack
            pack_as(package, rollout(row, os.path.dirname(table)), name, out)
        except (Wrong, OSError, ValueError) as wrong:
            raise Wrong(f"line {line}: {wrong}") from wrong


try:
    main()
except (Wrong, OSError) as error:
    sys.exit(f"branches: {error}")
