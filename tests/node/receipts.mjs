// Receipts made by ReceiptPrinterEncoder, as one JSON line: [{"name":text,"bytes":base64}, ...].
import ReceiptPrinterEncoder from "@point-of-sale/receipt-printer-encoder";

const encoder = (settings) => new ReceiptPrinterEncoder({ language: "esc-pos", ...settings }).initialize();

const receipts = {
  plain: encoder({ columns: 42 })
    .align("center").bold(true).size(2, 2).line("Café Platen").size(1, 1).bold(false).align("left")
    .table(
      [{ width: 30, align: "left" }, { width: 12, align: "right" }],
      [["2 x Flat white", "7,60"], ["Crème brûlée", "6,50"], ["", "=".repeat(10)], ["Total", "14,10"]],
    )
    .newline(3).cut().encode(),
  codepages: encoder({ columns: 48 })
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

const packed = Object.entries(receipts).map(([name, bytes]) => ({ name, bytes: Buffer.from(bytes).toString("base64") }));
console.log(JSON.stringify(packed));
