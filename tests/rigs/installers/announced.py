#!/usr/bin/env python3
"""announced.py PACKAGES CHANNEL VERSION PLATFORM…: whether latest.json says of each package what tills ask of it, and names no others."""
import base64
import json
import os
import sys

packages, channel, version, *platforms = sys.argv[1:]
with open(os.path.join(packages, channel, "latest.json"), encoding="utf-8") as file:
    told = json.load(file)
assert (told["version"], told["rollout"]) == (version, 10), told
assert sorted(told["platforms"]) == sorted(platforms), told["platforms"].keys()
for name, platform in told["platforms"].items():
    package = platform["url"].rsplit("/", 1)[1]
    assert os.path.getsize(os.path.join(packages, package)) > 0, package
    comment = base64.b64decode(platform["signature"]).decode().splitlines()[2]
    # The signature covers this line, and tills refuse one without the version.
    assert f"file:{package}\tversion:{version}" in comment, comment
