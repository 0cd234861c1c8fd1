"""How long python-escpos takes for the receipt and the logo of the benchmark: one JSON line, microseconds (medians)."""

import contextlib
import json
import statistics
import sys
import time

from escpos.printer import Dummy
from PIL import Image

lines = json.load(sys.stdin)


def receipt():
    printer = Dummy(profile="TM-T88V")
    printer.hw("INIT")
    printer.set(align="center", bold=True, double_height=True, double_width=True)
    printer.textln(lines[0])
    printer.set_with_default()
    for line in lines[1:]:
        printer.textln(line)
    printer.qr("https://example.com/r/1042", native=True, size=6)
    printer.cut()
    return printer.output


logo = Image.new("L", (576, 400))
logo.putdata([(x * 255 // 575 + y) % 256 for y in range(400) for x in range(576)])


def picture():
    # The library's TM-T88V is 512 dots wide; its default printer has no width.
    printer = Dummy()
    printer.image(logo, impl="bitImageRaster")
    return printer.output


def median(task, rounds):
    spans = []
    for _ in range(rounds):
        began = time.perf_counter_ns()
        task()
        spans.append(time.perf_counter_ns() - began)
    return statistics.median(spans) / 1000


# The library talks to stdout.
with contextlib.redirect_stdout(sys.stderr):
    for task in (receipt, picture):
        median(task, 20)
    figures = {"receipt": median(receipt, 300), "logo": median(picture, 60)}
print(json.dumps(figures))
