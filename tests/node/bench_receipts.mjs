// How long ReceiptPrinterEncoder takes for the receipt and the logo of the benchmark: one JSON line, microseconds (medians).
import ReceiptPrinterEncoder from "@point-of-sale/receipt-printer-encoder";
import { readFileSync } from "node:fs";

const lines = JSON.parse(readFileSync(0, "utf8"));
const [width, height] = [576, 400];
const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, n) => {
  const [x, y] = [(n >> 2) % width, Math.trunc((n >> 2) / width)];
  return n % 4 === 3 ? 255 : (Math.trunc((x * 255) / 575) + y) % 256;
});

function receipt() {
  const encoder = new ReceiptPrinterEncoder({ language: "esc-pos", columns: 48 }).initialize().codepage("windows1252");
  encoder.align("center").bold(true).size(2, 2).line(lines[0]).size(1, 1).bold(false).align("left");
  for (const line of lines.slice(1)) encoder.line(line);
  return encoder.qrcode("https://example.com/r/1042", { model: 2, size: 6, errorlevel: "m" }).cut().encode();
}

function logo() {
  return new ReceiptPrinterEncoder({ language: "esc-pos", columns: 48 })
    .image({ width, height, data }, width, height, "floydsteinberg").encode();
}

function median(task, rounds) {
  const spans = [];
  for (let round = 0; round < rounds; round++) {
    const began = process.hrtime.bigint();
    task();
    spans.push(Number(process.hrtime.bigint() - began));
  }
  return spans.sort((a, b) => a - b)[rounds >> 1] / 1000;
}

median(receipt, 100);
median(logo, 5);
console.log(JSON.stringify({ receipt: median(receipt, 300), logo: median(logo, 20) }));
