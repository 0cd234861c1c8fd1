// Receipts made by other programs, as one JSON line: [{"name": text, "bytes": base64, "says": [lines], "codes": [texts]}, ...].
// `receipts.mjs`: by ReceiptPrinterEncoder. `receipts.mjs receiptline`: by receiptline.
import ReceiptPrinterEncoder from "@point-of-sale/receipt-printer-encoder";
import receiptline from "receiptline";

const encoder = (settings) => new ReceiptPrinterEncoder({ language: "esc-pos", ...settings }).initialize();

const receipts = {
  plain: encoder({ columns: 42 })
    .align("center").bold(true).size(2, 2).line("Café Platen").size(1, 1).bold(false).align("left")
    .table(
      [{ width: 30, align: "left" }, { width: 12, align: "right" }],
      [["2 x Flat white", "7,60"], ["Crème brûlée", "6,50"], ["", "=".repeat(10)], ["Total", "14,10"]],
    )
    .newline(3).cut().encode(),
  codepages: encoder({ columns: 48, codepageCandidates: ["cp437", "cp858", "cp852", "cp737", "cp866"] })
    .codepage("auto").line("Zażółć gęślą jaźń · Ελληνικά · Привет · £ € ¥")
    .rule().underline(true).line("underlined").underline(false).invert(true).line("inverse").invert(false)
    .newline(3).cut("partial").encode(),
  codes: encoder({ columns: 42 })
    .qrcode("https://example.com/r/1042", { model: 2, size: 6, errorlevel: "m" })
    .barcode("4006381333931", "ean13", { height: 60, text: true })
    .barcode("PLATEN-1042", "code128", { height: 40 })
    .pdf417("PDF417 1042").newline(3).cut().encode(),
  picture: encoder({ columns: 42 })
    .image(
      { width: 64, height: 24, data: Uint8ClampedArray.from({ length: 64 * 24 * 4 }, (_, n) => (n % 4 === 3 ? 255 : (n * 7) % 256)) },
      64, 24, "floydsteinberg",
    )
    .newline(2).cut().encode(),
  drawer: encoder({ columns: 42 }).line("Change: 5.90").pulse(0, 100, 500).cut().encode(),
};

// What a person reads on each of them, and what a scanner does.
const says = {
  plain: {
    says: ["Café Platen", "2 x Flat white", "7,60", "Crème brûlée", "6,50", "=".repeat(10), "Total", "14,10"],
  },
  codepages: {
    says: ["Zażółć gęślą jaźń · Ελληνικά · Привет · £ € ¥", "─".repeat(48), "underlined", "inverse"],
  },
  codes: {
    says: ["[QR code]", "[barcode]", "[barcode]", "[2D code]"],
    codes: ["https://example.com/r/1042", "4006381333931", "PLATEN-1042", "PDF417 1042"],
  },
  picture: { says: ["[image 64×24]"] },
  drawer: { says: ["Change: 5.90", "[drawer kick]"] },
};

// A PNG of 16 × 16 dots: a diagonal under a line.
const dot =
  "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQAQAAAAA3iMLMAAAALElEQVR4nAXBMRHAIAAAsfDHwIgEpNRZpVUaTeC7HW0tTaXBffPkZGdlpowfgWMEFb+53qwAAAAASUVORK5CYII=";

// Documents in receiptline's own language, and what a person reads on each of them.
const documents = {
  plain: {
    document: `^^^Café Platen

Order A-1042 | Table 7
---
2 x Flat white | 7.60
Crème brûlée | 6.50
_underlined_ | "bold"
\`inverse\`
---
^TOTAL | ^14.10`,
    says: [
      "Café Platen", "Order A-1042", "Table 7", "─".repeat(48), "2 x Flat white", "7.60", "Crème brûlée", "6.50",
      "underlined", "bold", "inverse", "─".repeat(48), "TOTAL", "14.10",
    ],
  },
  scripts: {
    document: "Zażółć gęślą jaźń\nПривет\nSmörgåsbord",
    says: ["Zażółć gęślą jaźń", "Привет", "Smörgåsbord"],
  },
  columns: {
    document: `{width:*,6,10;border:line}
Item | Qty | Amount
-
Espresso | 2 | 5.00
{border:space;width:auto}
Thank you`,
    says: ["Item", "Qty", "Amount", "Espresso", "2", "5.00", "Thank you"],
  },
  codes: {
    document: `{code:4006381333931;option:ean13,2,60,hri}
{code:PLATEN-1042;option:code128,2,60,nohri}

{code:https://example.com/r/1042;option:qrcode,6,m}

Thank you`,
    says: ["[barcode]", "[barcode]", "Thank you"],
    codes: ["4006381333931", "PLATEN-1042", "https://example.com/r/1042"],
  },
  pieces: { document: `first\n=\n{image:${dot}}\nsecond\n=`, says: ["first", "✂", "[image", "second", "✂"] },
};

const byReceiptline = ({ document }) =>
  Buffer.from(
    receiptline.transform(document, { cpl: 48, encoding: "multilingual", command: "escpos", cutting: true }),
    "binary",
  );

const packed =
  process.argv[2] === "receiptline"
    ? Object.entries(documents).map(([name, one]) => ({ name, bytes: byReceiptline(one), says: one.says, codes: one.codes ?? [] }))
    : Object.entries(receipts).map(([name, bytes]) => ({ name, bytes, codes: [], ...says[name] }));
console.log(JSON.stringify(packed.map((one) => ({ ...one, bytes: Buffer.from(one.bytes).toString("base64") }))));
