"""Receipts made by python-escpos, as one JSON line: [{"name": text, "bytes": base64, "says": [lines], "codes": [texts]}, ...]."""

import base64
import contextlib
import json
import sys

from escpos.printer import Dummy
from PIL import Image


def plain(printer):
    printer.set(align="center", bold=True, double_height=True, double_width=True)
    printer.textln("Café Platen")
    printer.set_with_default()
    printer.textln("2 x Flat white            7,60 €")
    printer.textln("Crème brûlée              6,50 €")
    printer.set(underline=1)
    printer.textln("Total                    14,10 €")
    printer.cut()


def scripts(printer):
    for text in ("Zażółć gęślą jaźń", "Ελληνικά", "Привет", "Smörgåsbord", "£ € ¥"):
        printer.textln(text)
    printer.cut(mode="PART")


def codes(printer):
    printer.barcode("4006381333931", "EAN13", 64, 2, "BELOW", "A")
    printer.barcode("{BPLATEN-1042", "CODE128", function_type="B")
    printer.qr("https://example.com/r/1042", native=True, size=6)
    printer.qr("https://example.com/r/1042", size=4)
    printer.cut()


def pictures(printer):
    picture = Image.new("1", (64, 40))
    picture.putdata([(x * y) % 3 == 0 for y in range(40) for x in range(64)])
    for way in ("bitImageRaster", "graphics", "bitImageColumn"):
        printer.image(picture, impl=way)
    printer.cut()


def drawer(printer):
    printer.textln("Change: 5.90")
    printer.cashdraw(2)
    printer.cut()


# What a person reads on each of them, and what a scanner does.
SAYS = {
    "plain": ["Café Platen", "2 x Flat white            7,60 €", "Crème brûlée              6,50 €", "Total                    14,10 €", "✂"],
    "scripts": ["Zażółć gęślą jaźń", "Ελληνικά", "Привет", "Smörgåsbord", "£ € ¥", "✂"],
    "codes": ["[barcode]", "[barcode]", "[QR code]", "[image", "✂"],
    "pictures": ["[image 64×", "✂"],
    "drawer": ["Change: 5.90", "[drawer kick]", "✂"],
}
CODES = {"codes": ["4006381333931", "PLATEN-1042", "https://example.com/r/1042", "https://example.com/r/1042"]}


def made_by(write):
    printer = Dummy(profile="TM-T88V")
    printer.hw("INIT")
    write(printer)
    name = write.__name__
    bytes_ = base64.b64encode(printer.output).decode()
    return {"name": name, "bytes": bytes_, "says": SAYS[name], "codes": CODES.get(name, [])}


# The library talks to stdout about its barcodes.
with contextlib.redirect_stdout(sys.stderr):
    receipts = [made_by(write) for write in (plain, scripts, codes, pictures, drawer)]
print(json.dumps(receipts))
