#!/usr/bin/env python3
"""inventory.py OUT VERSION [TARGET]: what Platen is made of, from Cargo.lock as cargo reads it, from the pages' own packages and from
the fonts that are in the programs; for this kind of machine, or for TARGET.

Writes OUT/platen-VERSION.cdx.json (CycloneDX 1.5) and OUT/THIRD-PARTY.txt, with the licences as their authors wrote them.
"""
import fnmatch
import glob
import json
import os
import subprocess
import sys

# What of the window's packages is in the pages that are shipped; the others only build and test them.
PAGES = ["svelte"]
# Where the fonts came from (its README.md), by the names of their files, of which the first counts: name, version, licence, the file of its words, package.
FONTS = {
    "DejaVuSansMono*.ttf": ("DejaVu Sans Mono", "2.37", "Bitstream-Vera", "LICENSE-DejaVu.txt", "deb/debian/fonts-dejavu-core@2.37-6"),
    "NotoEmoji-*.ttf": ("Noto Emoji", "3.006", "OFL-1.1", "LICENSE-NotoEmoji.txt", "npm/%40expo-google-fonts/noto-emoji@0.4.7"),
    "NotoSansMono-*.ttf": ("Noto Sans Mono", "20201225", "OFL-1.1", "LICENSE-Noto.txt", "deb/debian/fonts-noto-mono@20201225-1"),
    "Noto*.ttf": ("Noto", "20201225", "OFL-1.1", "LICENSE-Noto.txt", "deb/debian/fonts-noto-core@20201225-1"),
    "wqy-microhei.ttc": (
        "WenQuanYi Micro Hei", "0.2.0-beta", "Apache-2.0", "LICENSE-WenQuanYi.txt", "deb/debian/fonts-wqy-microhei@0.2.0-beta-3.1"
    ),
}
FONTS_FOLDER = os.path.join("crates", "escpos", "fonts")
# Files that hold a licence or a notice, whatever they are called.
LICENCES = ["LICEN[CS]E*", "COPYING*", "NOTICE*", "UNLICENSE*"]
PROGRAMS = ("platen-desktop", "platenctl")


def host():
    return next(line.split()[1] for line in run("rustc", "-vV").splitlines() if line.startswith("host:"))


def crates(target):
    """The crates that are in a program for that target, in the order of their names."""
    told = json.loads(run("cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target))
    packages = {package["id"]: package for package in told["packages"]}
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    reached, to_do = set(), [id for id, package in packages.items() if package["name"] in PROGRAMS]
    while to_do:
        id = to_do.pop()
        if id in reached:
            continue
        reached.add(id)
        # What only tests need is not shipped; what only builds is, as its output is part of the program.
        to_do += [dep["pkg"] for dep in nodes[id]["deps"] if any(kind["kind"] != "dev" for kind in dep["dep_kinds"])]
    return sorted((packages[id] for id in reached if packages[id]["source"]), key=lambda one: (one["name"], one["version"]))


def crate(package):
    return {
        "name": package["name"],
        "version": package["version"],
        "licence": (package["license"] or "").replace("/", " OR "),
        "purl": f"pkg:cargo/{package['name']}@{package['version']}",
        "folder": os.path.dirname(package["manifest_path"]),
    }


def page(name):
    folder = os.path.join("ui", "node_modules", name)
    with open(os.path.join(folder, "package.json"), encoding="utf-8") as file:
        package = json.load(file)
    purl = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
    return {"name": name, "version": package["version"], "licence": package["license"], "purl": purl, "folder": folder}


def fonts():
    """The fonts in the programs. Each of their files has its place in FONTS."""
    missing = {os.path.basename(path) for path in glob.glob(os.path.join(FONTS_FOLDER, "*.tt[fc]"))}
    for pattern, (name, version, licence, words, package) in FONTS.items():
        missing -= set(fnmatch.filter(missing, pattern))
        yield {"name": name, "version": version, "licence": licence, "purl": f"pkg:{package}", "folder": FONTS_FOLDER, "words": words}
    if missing:
        sys.exit(f"inventory: FONTS does not say whose {', '.join(sorted(missing))} is")


def texts(part):
    words = [part["words"]] if "words" in part else LICENCES
    found = sorted({path for pattern in words for path in glob.glob(os.path.join(part["folder"], pattern)) if os.path.isfile(path)})
    for path in found:
        with open(path, encoding="utf-8", errors="replace") as file:
            yield file.read().strip()


def bill(parts, version):
    def component(part):
        licences = [{"expression": part["licence"]}] if part["licence"] else []
        head = {"type": "library", "bom-ref": part["purl"], "name": part["name"], "version": part["version"]}
        return head | {"purl": part["purl"], "licenses": licences}

    this = {"type": "application", "bom-ref": "platen", "name": "platen", "version": version}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": this},
        "components": [component(part) for part in parts],
    }


def notices(parts):
    """Every licence once, below the names of those who gave theirs under it."""
    by_text = {}
    for part in parts:
        for text in texts(part) or []:
            by_text.setdefault(text, []).append(f"{part['name']} {part['version']}")
    yield "Platen contains the work of others, under these licences.\n"
    for part in parts:
        yield f"{part['name']} {part['version']}: {part['licence'] or 'see its licence below'}"
    for text, names in sorted(by_text.items(), key=lambda one: one[1]):
        yield f"\n{'-' * 80}\n{', '.join(names)}\n\n{text}"


def run(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout


def main():
    out, version, *target = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    parts = [crate(package) for package in crates(*target or [host()])] + [page(name) for name in PAGES] + list(fonts())
    with open(os.path.join(out, f"platen-{version}.cdx.json"), "w", encoding="utf-8") as file:
        json.dump(bill(parts, version), file, indent=1)
    with open(os.path.join(out, "THIRD-PARTY.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(notices(parts)) + "\n")
    silent = [part["name"] for part in parts if not (part["licence"] and "words" not in part) and not any(True for _ in texts(part))]
    if silent:
        sys.exit(f"inventory: no licence is known of {', '.join(silent)}")


main()
