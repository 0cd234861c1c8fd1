"""What zxing-cpp, an independent reader, sees in pictures: reads PNG paths from standard input, one a line, and answers each with one
JSON line: [{"format": name, "text": text}, ...], an empty list where it sees nothing."""

import json
import sys

import zxingcpp
from PIL import Image

for line in sys.stdin:
    image = Image.open(line.strip()).convert("L")
    found = zxingcpp.read_barcodes(image)
    print(json.dumps([{"format": str(code.format), "text": code.text} for code in found]), flush=True)
